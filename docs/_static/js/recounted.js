// Published figures against our counts; a dot opens the arithmetic behind it, part by part.
'use strict';

(() => {
  const { html, svg, ticks, logTicks, grouped, drawScatter, markAt, text } = window.mmchan;
  const { figures, kinds, operations, detectors, counters, states, titles, units } = window.mmchan.recounted;
  const SHAPES = { same: 0, counter: 3, close: 1, differs: 7 };
  const HOLLOW = ['counter', 'close'];
  const NARROW = 600; // pixels
  const state = { quantity: 'macs', view: 'against' };
  const part = (name) => document.querySelector(`#recounted [data-part="${name}"]`);

  /** Ticks of a logarithmic axis; powers of ten alone where there is little room. */
  function roundValues(low, high) {
    if (part('plot').clientWidth > NARROW) return logTicks(low, high);
    const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
    return Array.from({ length: last - first + 1 }, (_, index) => Number((10 ** (first + index)).toPrecision(1)));
  }

  const percent = (ratio) => `${ratio < 1 ? '−' : '+'}${(100 * Math.abs(ratio - 1)).toFixed(1)} %`;

  function inUnits(value, quantity) {
    const [unit, letter] = units[quantity];
    return `${Number((value / unit).toPrecision(4))} ${letter}`;
  }

  function labelOf({ network, source, quantity, printed, value, counted, state: kind }) {
    const words = text('{0}: published {1}, counted {2} ({3})', network, printed, inUnits(counted, quantity), percent(value / counted));
    return `${words}; ${states[kind]}; ${source}`;
  }

  function pointsOf(shown) {
    const [unit] = units[state.quantity];
    return shown.map((figure) => ({
      row: { ...figure, name: String(figures.indexOf(figure)) },
      x: figure.counted / unit,
      y: state.view === 'against' ? figure.value / unit : figure.value / figure.counted,
      label: labelOf(figure),
      hollow: HOLLOW.includes(figure.state),
      shape: SHAPES[figure.state],
    })).sort((a, b) => (a.row.state === 'differs') - (b.row.state === 'differs') || a.x - b.x);
  }

  /** The line of figures that are right. */
  function right(scale) {
    const ends = [scale.xTicks[0], scale.xTicks.at(-1)];
    const y = (value) => scale.y(state.view === 'against' ? value : 1);
    const [low, high] = [Math.max(ends[0], scale.yTicks[0]), Math.min(ends[1], scale.yTicks.at(-1))];
    const [from, to] = state.view === 'against' ? [low, high] : ends;
    return svg('line', { class: 'mm-front', x1: scale.x(from), y1: y(from), x2: scale.x(to), y2: y(to) });
  }

  function draw() {
    const shown = figures.filter((one) => one.quantity === state.quantity);
    const [, letter] = units[state.quantity];
    const against = state.view === 'against';
    const title = titles[state.quantity];
    const published = against ? text('{0} published ({1})', title, letter) : text('published / counted');
    drawScatter(part('plot'), {
      points: pointsOf(shown),
      x: { axis: text('{0} counted ({1})', title, letter), ticks: roundValues, along: Math.log },
      y: against
        ? { axis: published, ticks: roundValues, along: Math.log }
        : { axis: published, ticks: (low, high) => ticks(low, high, 6) },
      label: text('{0} over our count: {1} figures', published, shown.length),
      behind: (scale) => [right(scale)],
      onChoose: (row) => open(Number(row.name)),
    });
    for (const mark of part('plot').querySelectorAll('.mm-point')) {
      mark.dataset.state = figures[Number(mark.dataset.name)].state;
    }
  }

  /** A button of a group of which one is pressed. */
  function choice(key, value, title) {
    const button = html('button', { type: 'button', class: 'mm-toggle', 'aria-pressed': String(state[key] === value) }, title);
    button.addEventListener('click', () => { state[key] = value; controls(); draw(); });
    return button;
  }

  /** The mark of figures of a kind. */
  function sample(kind) {
    const classes = `mm-point${HOLLOW.includes(kind) ? ' mm-baseline' : ''}`;
    const mark = svg('g', { class: classes, 'data-state': kind }, markAt({ x: 8, y: 8 }, SHAPES[kind]));
    return svg('svg', { viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' }, mark);
  }

  function controls() {
    const quantity = Object.entries(titles).reverse();
    const views = [['against', text('published against counted')], ['over', text('published / counted')]];
    const group = (label, key, choices) =>
      html('div', { role: 'group', class: 'mm-toggles', 'aria-label': label }, ...choices.map(([value, title]) => choice(key, value, title)));
    const legend = Object.entries(states).map(([kind, title]) => html('span', { class: 'mm-state' }, sample(kind), title));
    part('controls').replaceChildren(
      group(text('Quantity'), 'quantity', quantity),
      group(text('View'), 'view', views),
      html('div', { class: 'mm-legend' }, ...legend),
    );
  }

  /** What every operation is called in the head of a table, with its weight. */
  function operationTitle(kind, weight) {
    const names = {
      parameters: text('parameters'),
      norm_parameters: text('of normalisation'),
      macs: text('MACs'),
      biases: text('biases'),
      classifier: text('classifier'),
      normalised: text('normalised outputs'),
      activated: text('activations'),
      added: text('additions'),
      pooled: text('pooled inputs'),
    };
    const times = Math.abs(weight) === 1 ? '' : `${Math.abs(weight)} × `;
    return `${weight < 0 ? '− ' : ''}${times}${names[kind]}`;
  }

  /** Headings and rows of the arithmetic of a figure; the last row is the sum. */
  function arithmetic(figure) {
    if (!figure.size) {
      const column = figure.quantity === 'params' ? 0 : 1;
      const rows = Object.entries(detectors[figure.network]).map(([name, costs]) => [name, [costs[column]]]);
      return { headings: [titles[figure.quantity]], rows };
    }
    const weights = Object.entries(counters[figure.counter]);
    const parts = Object.entries(operations[`${figure.network}@${figure.size}`]);
    const counted = (done) => weights.map(([kind, weight]) => weight * done[kinds.indexOf(kind)] || 0); // no -0
    const rows = parts.map(([name, done]) => [name, counted(done)]);
    return { headings: weights.map(([kind, weight]) => operationTitle(kind, weight)), rows };
  }

  const sum = (values) => values.reduce((a, b) => a + b, 0);

  function tableOf({ headings, rows }) {
    const several = headings.length > 1;
    const cells = (values) => (several ? [...values, sum(values)] : values).map((value) => html('td', {}, grouped(value)));
    const total = headings.map((_, column) => sum(rows.map(([, values]) => values[column])));
    const head = [text('part'), ...headings, ...(several ? [text('sum')] : [])];
    return html('table', { class: 'mm-table' },
      html('thead', {}, html('tr', {}, ...head.map((title) => html('th', { scope: 'col' }, title)))),
      html('tbody', {}, ...rows.map(([name, values]) => html('tr', {}, html('th', { scope: 'row' }, name), ...cells(values)))),
      html('tfoot', {}, html('tr', { class: 'mm-own' }, html('th', { scope: 'row' }, text('sum')), ...cells(total))));
  }

  /** What the page's table says of a figure; empty where it is right. */
  const reason = (index) => document.querySelector(`[data-figure="${index}"]`)?.closest('tr').lastElementChild.textContent ?? '';

  function sentences(figure, index) {
    const said = [
      text('Published: {0}.', figure.printed),
      text('Counted: {0}; the published figure is {1} off.', inUnits(figure.counted, figure.quantity), percent(figure.value / figure.counted)),
      figure.size ? text('Image: {0}x{0}.', figure.size) : '',
      reason(index),
    ];
    return said.filter(Boolean).join(' ');
  }

  function links(figure) {
    const found = [html('a', { href: figure.url }, figure.source)];
    if (figure.size) found.push(html('a', { href: `models/${figure.network}.html#layers` }, text('layer by layer')));
    return found.flatMap((one, index) => (index ? [' · ', one] : [one]));
  }

  /** Show the arithmetic of a figure, and move the focus to it. */
  function open(index) {
    const figure = figures[index];
    const title = `${figure.network}: ${titles[figure.quantity]}`;
    part('arithmetic').replaceChildren(
      html('h2', {}, title),
      html('p', {}, sentences(figure, index)),
      html('p', {}, ...links(figure)),
      html('div', { class: 'mm-scroll', tabindex: '0', role: 'region', 'aria-label': title }, tableOf(arithmetic(figure))),
    );
    part('arithmetic').setAttribute('aria-label', title);
    part('arithmetic').hidden = false;
    part('arithmetic').scrollIntoView({ block: 'nearest' });
    part('arithmetic').focus({ preventScroll: true });
    history.replaceState(null, '', `#figure-${index}`);
  }

  /** A button in every row of the page's table that opens the figure's arithmetic. */
  function buttons() {
    for (const name of document.querySelectorAll('[data-figure]')) {
      const index = Number(name.dataset.figure);
      const label = text('Arithmetic of {0}', labelOf(figures[index]));
      const button = html('button', { type: 'button', class: 'mm-link', 'aria-label': label }, text('arithmetic'));
      button.addEventListener('click', () => open(index));
      name.after(' ', button);
    }
  }

  function start() {
    document.getElementById('recounted').hidden = false;
    controls();
    draw();
    buttons();
    const wanted = /^#figure-(\d+)$/.exec(window.location.hash)?.[1];
    if (wanted in figures) open(Number(wanted));
    window.addEventListener('resize', draw);
  }

  document.addEventListener('DOMContentLoaded', start);
})();
