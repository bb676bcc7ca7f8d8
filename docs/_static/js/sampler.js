// The explorer's tab that samples a space: settings, a population that is drawn in short slices, what follows.
'use strict';

(() => {
  const { html, text, refuse, InputError, designSpaces, spaceWithin, sampling, fieldsOf, inSlices } = window.mmchan;
  const { quantities, showDraws, showPoints, showSpread, showRows, showNetwork } = window.mmchan;
  const { address, grouped, listenToCopies } = window.mmchan;
  const MILLION = 1e6;
  const REDRAW = 400; // ms between two drawings of a population that grows
  const MOST = 500;
  const TAB = 'sample-a-space';
  const SETTINGS = ['space', 'low', 'high', 'most', 'resolution', 'size', 'seed'];
  const CHOICES = ['x', 'y', 'of', 'kind'];
  // in millions, by the side of the image: the paper's comparisons, and the constraint of ReXNet's search
  const OPENING = { 224: { low: 360, high: 400, parameters: '' }, 32: { low: '', high: 100, parameters: 0.5 } };
  const state = { space: null, run: null, work: null, row: null, sampled: {}, wanted: {}, choices: null, drawn: 0 };
  const part = (name) => document.querySelector(`#sampler [data-part="${name}"]`);
  const { integer, millions, valuesOf } = fieldsOf(part);

  function bandOf(of, low, high) {
    if (low > high) {
      refuse('low', text('The least MACs, {0} M, are more than the greatest, {1} M: lower the first or raise the second.',
        low / MILLION, high / MILLION));
    }
    return low > 0 || high < Infinity ? [{ of, low, high }] : [];
  }

  function settings() {
    const bands = [
      ...bandOf('macs', millions('low', 0), millions('high', Infinity)),
      ...bandOf('parameters', 0, millions('most', Infinity)),
    ];
    const [resolution, size] = [integer('resolution', { least: 1 }), integer('size', { least: 1, most: MOST })];
    return { bands, resolution, size, seed: integer('seed', { least: 0 }) };
  }

  /** The same space in Python. */
  function inPython(name, { bands, resolution, size }) {
    const number = (value) => (value === Infinity ? "float('inf')" : value && `${value / MILLION}e6`);
    const within = bands.map(({ of, low, high }) => `, ${of}=(${number(low)}, ${number(high)})`);
    const side = resolution === designSpaces.named[name].resolution ? '' : `, resolution=${resolution}`;
    return `spaces.sample(spaces.get('${name}'${within.join('')}${side}), count=${size})`;
  }

  function begin() {
    if (state.work?.isRunning()) stop();
    part('message').textContent = '';
    try {
      const chosen = settings();
      state.space = spaceWithin(part('space').value, chosen);
      state.run = sampling(state.space, chosen);
      part('python').textContent = inPython(state.space.name, chosen);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      part('message').textContent = error.message;
      return;
    }
    part('results').dataset.series = state.space.series;
    for (const name of ['empty', 'population', 'network', 'table']) part(name).hidden = true;
    part('results').hidden = false;
    part('said').textContent = '';
    part('stop').hidden = false;
    state.row = null;
    state.sampled = valuesOf(SETTINGS);
    state.drawn = performance.now();
    state.work = inSlices(state.run, { onSlice, onEnd: finish });
    remember();
  }

  function onSlice() {
    showProgress();
    if (!state.run.isOver() && performance.now() - state.drawn > REDRAW) showPopulation();
  }

  function stop() {
    state.work.stop();
    finish();
  }

  function endOf({ rows, draws, size, starved }) {
    const found = [rows.length, size, grouped(draws)];
    if (rows.length === size) return text('Done: {0} of {1} networks from {2} draws.', ...found);
    return starved
      ? text('Stopped: {0} of {1} networks from {2} draws; too few: widen the band of MACs, or leave the '
        + 'parameters free.', ...found)
      : text('Stopped: {0} of {1} networks from {2} draws.', ...found);
  }

  function finish() {
    part('stop').hidden = true;
    showProgress();
    showPopulation();
    const { rows } = state.run;
    part('said').textContent = endOf(state.run);
    const wanted = rows.find((row) => String(row.number) === state.wanted.network);
    if (rows.length) choose(state.row ?? wanted ?? rows[0]);
  }

  function showProgress() {
    const { rows, size } = state.run;
    part('progress').max = size;
    part('progress').value = rows.length;
    showDraws(part, state.run);
  }

  /** Options of what a plot can show, those that vary; what was chosen stays so where it is there again. */
  function fill(name, opening) {
    const { rows } = state.run;
    const varies = ({ value }) => rows.some((row) => value(row) !== value(rows[0]));
    const all = state.choices[name];
    const shown = all.some(varies) ? all.filter(varies) : all;
    const { value: before, options } = part(name);
    const labels = (list) => [...list].map(({ label }) => label).join();
    if (labels(options) === labels(shown)) return; // an open list stays open
    part(name).replaceChildren(...shown.map(({ key, label }) => html('option', { value: key }, label)));
    const has = (wanted) => shown.some(({ key }) => key === wanted);
    part(name).value = [before, state.wanted[name], opening].find(has) ?? shown[0].key;
  }

  function showPopulation() {
    const { rows } = state.run;
    state.drawn = performance.now();
    part('population').hidden = part('table').hidden = !rows.length;
    if (!rows.length) return;
    const { points, spread } = quantities(Math.max(...rows.map((row) => row.stages.length)));
    state.choices = { x: points, y: points, of: spread };
    fill('x', 'parameters');
    fill('y', 'activations');
    fill('of', 'blocks');
    showPlots();
    showRows(part, rows, pick);
  }

  function showPlots() {
    const { rows } = state.run;
    const [x, y, of] = ['x', 'y', 'of'].map((name) => (
      state.choices[name].find(({ key }) => key === part(name).value)
    ));
    showPoints(part, rows, { x, y, series: state.space.series, onChoose: pick });
    showSpread(part, rows, { of, kind: part('kind').value });
    if (state.row) choose(state.row);
  }

  function choose(row) {
    state.row = row;
    part('network').hidden = false;
    showNetwork(part, row, state.space);
    remember();
  }

  /** What a person chooses is brought into view; a first touch leaves the page where it is, to read the point. */
  function pick(row, { isFirstTouch } = {}) {
    choose(row);
    if (!isFirstTouch) part('network').scrollIntoView({ block: 'nearest' });
  }

  /** Keep in the address what was sampled, and what is looked at. */
  function remember() {
    const network = state.row?.number ?? state.wanted.network;
    address.remember(TAB, { ...state.sampled, ...valuesOf(CHOICES), network });
  }

  function openSpace() {
    const { resolution, numClasses, source } = designSpaces.named[part('space').value];
    part('source').textContent = text('{0}. Cost is for one image and {1} classes.', source, numClasses);
    if (Number(part('resolution').dataset.opening) === resolution) return; // bands of a person's own stay
    part('resolution').dataset.opening = part('resolution').value = resolution;
    const { low, high, parameters } = OPENING[resolution] ?? { low: '', high: '', parameters: '' };
    Object.entries({ low, high, most: parameters }).forEach(([name, value]) => { part(name).value = value; });
  }

  /** Sample what the address says; without a space there it waits for a person. */
  function restore() {
    const values = address.stateOf(TAB);
    if (!(values.get('space') in designSpaces.named)) return;
    part('space').value = values.get('space');
    openSpace();
    for (const name of ['low', 'high', 'most']) part(name).value = values.get(name) ?? '';
    for (const name of ['resolution', 'size', 'seed']) part(name).value = values.get(name) ?? part(name).value;
    if (['histogram', 'EDF'].includes(values.get('kind'))) part('kind').value = values.get('kind');
    for (const name of ['x', 'y', 'of']) part(name).replaceChildren();
    state.wanted = Object.fromEntries(values);
    begin();
  }

  function listen() {
    part('space').addEventListener('change', openSpace);
    part('settings').addEventListener('submit', (event) => {
      event.preventDefault();
      state.wanted = {};
      begin();
    });
    part('stop').addEventListener('click', stop);
    listenToCopies(part);
    for (const name of CHOICES) part(name).addEventListener('change', showPlots);
    window.addEventListener('resize', () => { if (state.choices && part('points').clientWidth) showPlots(); });
    window.addEventListener('hashchange', () => { if (address.read().tab === TAB) restore(); });
  }

  function start() {
    part('space').replaceChildren(...Object.keys(designSpaces.named).map((name) => html('option', {}, name)));
    listen();
    document.querySelector('#sampler').hidden = false;
    openSpace();
    restore();
  }

  document.addEventListener('DOMContentLoaded', start);
})();
