// What the explorer shows of a sampled population: what was removed, two plots, the first rows, one network.
'use strict';
window.mmchan ??= {};

(() => {
  const { html, inUnits, ticks, drawScatter, drawDistribution, drawWidths, configSnippet } = window.mmchan;
  const MILLION = 1e6;
  const FIRST = 20; // rows of the table
  const COSTS = [
    { key: 'macs', label: 'MACs (M)', unit: MILLION },
    { key: 'parameters', label: 'Parameters (M)', unit: MILLION },
    { key: 'activations', label: 'Activations (M)', unit: MILLION },
  ].map((cost) => ({ ...cost, value: (row) => row[cost.key] / cost.unit }));
  const BLOCKS = { key: 'blocks', label: 'Blocks', value: (row) => row.blocks };
  const part = (name) => document.querySelector(`#sampler [data-part="${name}"]`);
  const whole = (number) => number.toLocaleString('en');
  const percent = (share) => `${Number((100 * share).toPrecision(3))} %`;
  const named = (row) => `network ${row.number}`;
  /** A value of a quantity as text, in the quantity's unit. */
  const text = (quantity, value) => (quantity.unit ? inUnits(value * quantity.unit, quantity.unit) : String(value));
  const show = (quantity, row) => text(quantity, quantity.value(row));

  /** What can be on the axes of points, and what distributions are of: with a width and a depth for each stage. */
  function quantities(stages) {
    const perStage = (label, key) => Array.from({ length: stages }, (_, stage) => (
      { key: `${key}-${stage}`, label: `${label} of stage ${stage + 1}`, value: (row) => row[key][stage] }
    ));
    const stageSizes = [...perStage('Width', 'stages'), ...perStage('Depth', 'depths')];
    return { points: [...COSTS, BLOCKS], spread: [BLOCKS, ...stageSizes, ...COSTS] };
  }

  function showDraws({ draws, rows, removed }) {
    const line = (label, number) => html(
      'tr', {},
      html('th', { scope: 'row' }, label),
      ...[whole(number), percent(number / draws)].map((one) => html('td', {}, one)),
    );
    const lines = [...removed].map(([label, number]) => line(`removed: ${label}`, number));
    part('draws').replaceChildren(line('draws', draws), ...lines, line('networks', rows.length));
    part('draws').lastChild.classList.add('mm-own');
  }

  function showPoints(rows, { x, y, series, onChoose }) {
    const told = (row) => `${named(row)}: ${y.label} ${show(y, row)}, ${x.label} ${show(x, row)}`;
    const axis = ({ label }) => ({ axis: label, ticks: (low, high) => ticks(low, high, 6) });
    const points = rows.map((row) => (
      { x: x.value(row), y: y.value(row), row: { ...row, name: named(row), series }, label: told(row) }
    ));
    const label = `${y.label} over ${x.label}: ${rows.length} networks`;
    drawScatter(part('points'), { points, x: axis(x), y: axis(y), label, onChoose });
  }

  function showSpread(rows, { of, kind }) {
    const values = rows.map(of.value);
    const sorted = [...values].sort((a, b) => a - b);
    const at = (share) => text(of, sorted[Math.floor(share * (sorted.length - 1))]);
    const summary = `${of.label}: least ${at(0)}, median ${at(0.5)}, greatest ${at(1)}`;
    const label = `${kind} of ${rows.length} networks. ${summary}`;
    drawDistribution(part('spread'), { values, axis: of.label, kind, label });
    part('summary').textContent = `${summary}.`;
  }

  function tableRow(row, onChoose) {
    const button = html('button', { type: 'button', class: 'mm-link' }, named(row));
    button.addEventListener('click', () => onChoose(row));
    const cells = [row.stages.join(' · '), row.depths.join(' · '), ...COSTS.map((cost) => show(cost, row))];
    const heading = html('th', { scope: 'row' }, button);
    return html('tr', { 'data-name': named(row) }, heading, ...cells.map((one) => html('td', {}, one)));
  }

  function showRows(rows, onChoose) {
    const first = rows.slice(0, FIRST);
    const which = rows.length > FIRST ? `The first ${FIRST} of ${rows.length} networks` : `${rows.length} networks`;
    part('caption').textContent = `${which}, in the order of the draws; a name shows the network`;
    part('rows').replaceChildren(...first.map((row) => tableRow(row, onChoose)));
  }

  /** Mark a network in the plot and in the table. */
  function mark(row) {
    for (const one of document.querySelectorAll('#sampler [data-name]')) {
      one.classList.toggle('mm-picked', one.dataset.name === named(row));
    }
  }

  function showNetwork(row, { family, series }) {
    mark(row);
    part('name').textContent = `Network ${row.number}`;
    part('stages').textContent = row.stages.join(' · ');
    part('depths').textContent = row.depths.join(' · ');
    COSTS.forEach((cost) => { part(cost.key).textContent = `${show(cost, row)} M`; });
    drawWidths(part('chart'), [{ name: named(row), series, widths: row.widths }]);
    part('snippet').textContent = configSnippet(family, row.given, 'mmchan.Backbone');
    part('snippet').tabIndex = 0; // the theme takes it from what was empty when the page came
    part('copied').textContent = '';
  }

  Object.assign(window.mmchan, { quantities, showDraws, showPoints, showSpread, showRows, showNetwork });
})();
