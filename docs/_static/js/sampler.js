// The explorer's tab that samples a space: settings, a population that is drawn in short slices, what follows.
'use strict';

(() => {
  const { html, require, InputError, designSpaces, spaceWithin, sampling, copyText } = window.mmchan;
  const { quantities, showDraws, showPoints, showSpread, showRows, showNetwork } = window.mmchan;
  const MILLION = 1e6;
  const SLICE = 12; // ms of drawing between two frames: the page stays responsive
  const REDRAW = 400; // ms between two drawings of a population that grows
  const MOST = 500;
  // in millions, by the side of the image: the paper's comparisons, and the constraint of ReXNet's search
  const OPENING = { 224: { low: 360, high: 400, parameters: '' }, 32: { low: '', high: 100, parameters: 0.5 } };
  const state = { space: null, run: null, frame: null, row: null, choices: null, drawn: 0 };
  const part = (name) => document.querySelector(`#sampler [data-part="${name}"]`);
  const whole = (number) => number.toLocaleString('en');

  /** A number that is given, or what stands for an empty field. */
  function given(name, rule, { empty, allows }) {
    const { value } = part(name);
    const number = value === '' ? empty : Number(value);
    require(number !== undefined && allows(number), part(name).labels[0].textContent, rule, value || 'nothing');
    return number;
  }

  const integer = (name, least, most = Number.MAX_SAFE_INTEGER) => given(
    name,
    most === Number.MAX_SAFE_INTEGER ? `an integer >= ${least}` : `an integer from ${least} to ${most}`,
    { allows: (value) => Number.isInteger(value) && value >= least && value <= most },
  );
  const millions = (name, empty) => MILLION * given(name, 'a number >= 0', { empty, allows: (value) => value >= 0 });

  function bandOf(of, low, high) {
    const text = `${low / MILLION} M to ${high / MILLION} M`;
    require(low <= high, 'The band of MACs', 'given from a least to a greatest value', text);
    return low > 0 || high < Infinity ? [{ of, low, high }] : [];
  }

  function settings() {
    const bands = [
      ...bandOf('macs', millions('low', 0), millions('high', Infinity)),
      ...bandOf('parameters', 0, millions('most', Infinity)),
    ];
    return { bands, resolution: integer('resolution', 1), size: integer('size', 1, MOST), seed: integer('seed', 0) };
  }

  /** The same space in Python. */
  function inPython(name, { bands, resolution, size }) {
    const text = (value) => (value === Infinity ? "float('inf')" : value && `${value / MILLION}e6`);
    const within = bands.map(({ of, low, high }) => `, ${of}=(${text(low)}, ${text(high)})`);
    const side = resolution === designSpaces.named[name].resolution ? '' : `, resolution=${resolution}`;
    return `spaces.sample(spaces.get('${name}'${within.join('')}${side}), count=${size})`;
  }

  function begin() {
    stop();
    part('message').textContent = '';
    try {
      const chosen = settings();
      state.space = spaceWithin(part('space').value, chosen);
      state.run = sampling(state.space, chosen);
      part('python').textContent = inPython(state.space.name, chosen);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      part('message').textContent = `${error.message}.`;
      return;
    }
    part('results').dataset.series = state.space.series;
    for (const name of ['empty', 'population', 'network', 'table']) part(name).hidden = true;
    part('results').hidden = false;
    part('said').textContent = '';
    part('stop').hidden = false;
    state.row = null;
    state.drawn = performance.now();
    state.frame = requestAnimationFrame(slice);
  }

  function slice() {
    const { run } = state;
    const end = performance.now() + SLICE;
    while (!run.isOver() && performance.now() < end) run.step();
    showProgress();
    if (run.isOver()) return finish();
    if (performance.now() - state.drawn > REDRAW) showPopulation();
    state.frame = requestAnimationFrame(slice);
  }

  function stop() {
    if (state.frame === null) return;
    cancelAnimationFrame(state.frame);
    finish();
  }

  function finish() {
    state.frame = null;
    part('stop').hidden = true;
    showProgress();
    showPopulation();
    const { rows, draws, size, starved } = state.run;
    const found = `${rows.length} of ${size} networks from ${whole(draws)} draws`;
    const advice = starved ? '; too few: widen the band of MACs, or leave the parameters free' : '';
    part('said').textContent = rows.length === size ? `Done: ${found}.` : `Stopped: ${found}${advice}.`;
    if (rows.length) choose(state.row ?? rows[0]);
  }

  function showProgress() {
    const { rows, size } = state.run;
    part('progress').max = size;
    part('progress').value = rows.length;
    showDraws(state.run);
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
    part(name).value = [before, opening].find(has) ?? shown[0].key;
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
    showRows(rows, pick);
  }

  function showPlots() {
    const { rows } = state.run;
    const [x, y, of] = ['x', 'y', 'of'].map((name) => (
      state.choices[name].find(({ key }) => key === part(name).value)
    ));
    showPoints(rows, { x, y, series: state.space.series, onChoose: pick });
    showSpread(rows, { of, kind: part('kind').value });
    if (state.row) choose(state.row);
  }

  function choose(row) {
    state.row = row;
    part('network').hidden = false;
    showNetwork(row, state.space);
  }

  /** What a person chooses is brought into view, which on a phone it may not be. */
  function pick(row) {
    choose(row);
    part('network').scrollIntoView({ block: 'nearest' });
  }

  function openSpace() {
    const { resolution, numClasses, source } = designSpaces.named[part('space').value];
    part('source').textContent = `${source}. Cost is for one image and ${numClasses} classes.`;
    if (Number(part('resolution').dataset.opening) === resolution) return; // bands of a person's own stay
    part('resolution').dataset.opening = part('resolution').value = resolution;
    const { low, high, parameters } = OPENING[resolution] ?? { low: '', high: '', parameters: '' };
    Object.entries({ low, high, most: parameters }).forEach(([name, value]) => { part(name).value = value; });
  }

  function start() {
    part('space').replaceChildren(...Object.keys(designSpaces.named).map((name) => html('option', {}, name)));
    part('space').addEventListener('change', openSpace);
    part('settings').addEventListener('submit', (event) => {
      event.preventDefault();
      begin();
    });
    part('stop').addEventListener('click', stop);
    part('copy').addEventListener('click', () => copyText(part('snippet'), part('copied')));
    for (const name of ['x', 'y', 'of', 'kind']) part(name).addEventListener('change', showPlots);
    window.addEventListener('resize', () => { if (state.choices && part('points').clientWidth) showPlots(); });
    document.querySelector('#sampler').hidden = false;
    openSpace();
  }

  document.addEventListener('DOMContentLoaded', start);
})();
