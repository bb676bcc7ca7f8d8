// What the explorer shows of sampled networks: what was removed, two plots, the first rows, one network. `part`
// finds the elements of a tab by their names.
'use strict';
window.mmchan ??= {};

(() => {
  const { html, text, inUnits, grouped, ticks, drawScatter, drawDistribution, drawWidths } = window.mmchan;
  const { configSnippet, showSnippet } = window.mmchan;
  const MILLION = 1e6;
  const FIRST = 20; // rows of the table
  const COSTS = [
    { key: 'macs', label: text('MACs (M)'), unit: MILLION },
    { key: 'parameters', label: text('Parameters (M)'), unit: MILLION },
    { key: 'activations', label: text('Activations (M)'), unit: MILLION },
  ].map((cost) => ({ ...cost, value: (row) => row[cost.key] / cost.unit }));
  const BLOCKS = { key: 'blocks', label: text('Blocks'), value: (row) => row.blocks };
  const percent = (share) => `${Number((100 * share).toPrecision(3))} %`;
  const named = (row) => row.name ?? text('network {0}', row.number);
  /** A value of a quantity as text, in the quantity's unit. */
  const inUnit = (quantity, value) => (quantity.unit ? inUnits(value * quantity.unit, quantity.unit) : String(value));
  const show = (quantity, row) => inUnit(quantity, quantity.value(row));

  /** What can be on the axes of points, and what distributions are of: with a width and a depth for each stage. */
  function quantities(stages) {
    const perStage = (key, labelOf) => Array.from({ length: stages }, (_, stage) => (
      { key: `${key}-${stage}`, label: labelOf(stage + 1), value: (row) => row[key][stage] }
    ));
    const stageSizes = [
      ...perStage('stages', (stage) => text('Width of stage {0}', stage)),
      ...perStage('depths', (stage) => text('Depth of stage {0}', stage)),
    ];
    return { points: [...COSTS, BLOCKS], spread: [BLOCKS, ...stageSizes, ...COSTS] };
  }

  function showDraws(part, { draws, rows, removed }) {
    const line = (label, number) => html(
      'tr', {},
      html('th', { scope: 'row' }, label),
      ...[grouped(number), percent(number / draws)].map((one) => html('td', {}, one)),
    );
    const lines = [...removed].map(([label, number]) => line(text('removed: {0}', label), number));
    part('draws').replaceChildren(line(text('draws'), draws), ...lines, line(text('networks'), rows.length));
    part('draws').lastChild.classList.add('mm-own');
  }

  /** What a point says when it is pointed at. */
  const told = (row, x, y) => text('{0}: {1} {2}, {3} {4}', named(row), y.label, show(y, row), x.label, show(x, row));

  function showPoints(part, rows, { x, y, series, onChoose }) {
    const axis = ({ label }) => ({ axis: label, ticks: (low, high) => ticks(low, high, 6) });
    const points = rows.map((row) => (
      { x: x.value(row), y: y.value(row), row: { ...row, name: named(row), series }, label: told(row, x, y) }
    ));
    const label = text('{0} over {1}: {2} networks', y.label, x.label, rows.length);
    const choose = ({ number }, how) => onChoose(rows.find((row) => row.number === number), how);
    drawScatter(part('points'), { points, x: axis(x), y: axis(y), label, onChoose: choose });
  }

  function showSpread(part, rows, { of, kind }) {
    const values = rows.map(of.value);
    const sorted = [...values].sort((a, b) => a - b);
    const at = (share) => inUnit(of, sorted[Math.floor(share * (sorted.length - 1))]);
    const summary = text('{0}: least {1}, median {2}, greatest {3}.', of.label, at(0), at(0.5), at(1));
    const label = kind === 'EDF'
      ? text('EDF of {0} networks. {1}', rows.length, summary)
      : text('Histogram of {0} networks. {1}', rows.length, summary);
    drawDistribution(part('spread'), { values, axis: of.label, kind, label });
    part('summary').textContent = summary;
  }

  function tableRow(row, onChoose) {
    const button = html('button', { type: 'button', class: 'mm-link' }, named(row));
    button.addEventListener('click', () => onChoose(row));
    const cells = [row.stages.join(' · '), row.depths.join(' · '), ...COSTS.map((cost) => show(cost, row))];
    const heading = html('th', { scope: 'row' }, button);
    return html('tr', { 'data-name': named(row) }, heading, ...cells.map((one) => html('td', {}, one)));
  }

  function showRows(part, rows, onChoose) {
    part('caption').textContent = rows.length > FIRST
      ? text('The first {0} of {1} networks, in the order of the draws; a name shows the network', FIRST, rows.length)
      : text('{0} networks, in the order of the draws; a name shows the network', rows.length);
    part('rows').replaceChildren(...rows.slice(0, FIRST).map((row) => tableRow(row, onChoose)));
  }

  /** Mark a network in the plot and in the table. */
  function mark(part, row) {
    for (const one of part('results').parentElement.querySelectorAll('[data-name]')) {
      const isChosen = one.dataset.name === named(row);
      one.classList.toggle('mm-picked', isChosen);
      // drawn last, it lies above its neighbours; what has the focus would lose it
      if (isChosen && one.matches('.mm-point') && one !== document.activeElement) one.parentNode.append(one);
    }
  }

  function showNetwork(part, row, { family, series }) {
    mark(part, row);
    part('name').textContent = row.name ?? text('Network {0}', row.number);
    part('stages').textContent = row.stages.join(' · ');
    part('depths').textContent = row.depths.join(' · ');
    COSTS.forEach((cost) => { part(cost.key).textContent = `${show(cost, row)} M`; });
    drawWidths(part('chart'), [{ name: named(row), series, widths: row.widths }]);
    showSnippet(part, configSnippet(family, row.given, 'mmchan.Backbone'));
  }

  Object.assign(window.mmchan, {
    COSTS,
    quantities,
    tableRow,
    told,
    showDraws,
    showPoints,
    showSpread,
    showRows,
    showNetwork,
  });
})();
