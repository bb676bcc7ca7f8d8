// The explorer's tab that designs for a budget: MACs, parameters and strides in, networks of a space within them out.
'use strict';

(() => {
  const { html, text, refuse, InputError, spaceNamed, spaceWithin, designing, fieldsOf, inSlices } = window.mmchan;
  const { COSTS, USED, publishedAround, mapStrides, drawBudget, tableRow, showNetwork } = window.mmchan;
  const { address, families, designSpaces, hasSliders, openingOf, differing, evaluate, planOf } = window.mmchan;
  const { entriesIn, listenToCopies, inUnits, grouped } = window.mmchan;
  const MILLION = 1e6;
  const REDRAW = 400; // ms between two drawings of a search that goes on
  const FIRST = 12; // rows of the table
  const TAB = 'design-for-a-budget';
  const SETTINGS = ['space', 'budget', 'most', 'stem', 'strides', 'resolution', 'seed'];
  const SIDE = 224; // of the images for which the spaces of this tab are made
  const state = { run: null, work: null, row: null, published: [], initial: {}, asked: {}, wanted: {}, drawn: 0 };
  const part = (name) => document.querySelector(`#budget [data-part="${name}"]`);
  const { integer, millions, valuesOf } = fieldsOf(part);
  const inMillions = (number) => inUnits(number, MILLION);

  /** The names of the spaces: those with a series of their own, the usual values of families, the others. */
  function spaceNames() {
    const named = Object.keys(designSpaces.named).filter((name) => designSpaces.named[name].resolution === SIDE);
    const hasSeries = (name) => designSpaces.named[name].title !== name;
    const usual = Object.keys(designSpaces.usual).filter((name) => hasSliders(designSpaces.usual[name].family));
    return [...named.filter(hasSeries), ...usual, ...named.filter((name) => !hasSeries(name))];
  }

  const hasStageStrides = ({ family }) => families[family].parameters.some(({ argument }) => argument === 'strides');
  const stagesOf = ({ mostStages, checks }) => mostStages || checks.find(({ kind }) => kind === 'WholeStages').high;

  /** The strides that a person gives, as arguments of the family. */
  function strides(space) {
    const stem = { stem_stride: Number(part('stem').value) };
    const given = hasStageStrides(space) ? entriesIn(part('strides').value) : [];
    if (!given.length) return stem;
    const wrong = given.find((one) => one !== '1' && one !== '2');
    if (wrong !== undefined) refuse('strides', text('A stride is 1 or 2, not {0}: change it.', wrong));
    const stages = stagesOf(space);
    if (given.length !== stages) {
      refuse('strides', text('The stages are {0}, the strides given {1}: give one for each, such as {2}.',
        stages, given.length, Array(stages).fill(2).join(', ')));
    }
    return given.every((one) => one === '2') ? stem : { ...stem, strides: given.map(Number) };
  }

  function search() {
    const named = spaceNamed(part('space').value);
    const budget = { macs: millions('budget'), parameters: millions('most', Infinity) };
    if (!(budget.macs > 0)) refuse('budget', text('A budget of no MACs allows no network: give more than 0.'));
    const [resolution, seed] = [integer('resolution', { least: 8, most: 2048 }), integer('seed', { least: 0 })];
    const given = strides(named);
    const isCapped = resolution === named.resolution && given.stem_stride === 2 && !given.strides;
    const space = spaceWithin(part('space').value, { resolution, given, isCapped });
    return { run: designing(space, { budget, seed }), published: publishedAround(budget, resolution) };
  }

  function markWrong(wrong) {
    for (const name of SETTINGS) part(name).toggleAttribute('aria-invalid', false);
    if (wrong) part(wrong).setAttribute('aria-invalid', 'true');
  }

  function begin() {
    state.work?.stop();
    part('message').textContent = '';
    markWrong(null);
    try {
      Object.assign(state, search());
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      part('message').textContent = error.message;
      if (!state.run?.isOver()) part('said').textContent = ''; // it was stopped
      markWrong(error.argument);
      return;
    }
    state.row = null;
    state.asked = { ...valuesOf(SETTINGS), ...(hasStageStrides(state.run.space) ? {} : { strides: '' }) };
    state.drawn = performance.now();
    part('results').hidden = false;
    part('results').dataset.series = state.run.space.series;
    part('said').textContent = text('Drawing networks …');
    state.work = inSlices(state.run, { onSlice, onEnd: finish });
    remember();
  }

  function onSlice() {
    if (state.run.isOver() || performance.now() - state.drawn < REDRAW) return;
    state.drawn = performance.now();
    showPlot();
  }

  /** What the search found, and where it found nothing, what to change. */
  function endOf({ rows, draws, budget, least, most, fewest, space }) {
    const [found, title] = [grouped(draws), space.title];
    if (rows.length === 1) return text('One network of {0} within your budget, from {1} draws: it is yours.', title, found);
    if (rows.length) {
      return text('{0} networks of {1} within your budget, from {2} draws. Yours is the one that uses most of the '
        + 'MACs, until you choose another in the plot or the table.', rows.length, title, found);
    }
    if (!most) return text('None of {0} draws is a network of {1}. Change the strides or the space.', found, title);
    if (fewest < Infinity) {
      return text('None of {0} draws fits: networks of {1} with these MACs have {2} M parameters or more. Allow more '
        + 'parameters, or fewer MACs.', found, title, inMillions(fewest));
    }
    const low = inMillions(USED * budget.macs);
    return text('None of {0} draws has {1} M to {2} M MACs: those of {3} go from {4} M to {5} M here. Change the MACs, '
      + 'the strides or the space.', found, low, inMillions(budget.macs), title, inMillions(least), inMillions(most));
  }

  function finish() {
    state.run.rows.sort((a, b) => b.macs - a.macs);
    const { rows } = state.run;
    part('said').textContent = endOf(state.run);
    for (const name of ['table', 'network']) part(name).hidden = !rows.length;
    showPlot();
    showTable();
    const { network } = state.wanted;
    const everything = [...rows, ...state.published];
    const wanted = everything.find((row) => (row.name ?? String(row.number)) === network);
    if (wanted ?? rows[0]) choose(wanted ?? rows[0]);
    else remember();
  }

  function showPlot() {
    const { run, published } = state;
    const y = COSTS.find(({ key }) => key === part('y').value);
    drawBudget(part('points'), { run, published, x: COSTS[0], y, onChoose: pick });
    if (state.row) choose(state.row);
  }

  function captionOf(number) {
    if (number === 1) return text('The network within your budget; its name shows it');
    return number > FIRST
      ? text('{0} of {1} networks within your budget, by MACs; a name shows the network', FIRST, number)
      : text('{0} networks within your budget, by MACs; a name shows the network', number);
  }

  function showTable() {
    const { rows } = state.run;
    part('caption').textContent = captionOf(rows.length);
    part('rows').replaceChildren(...rows.slice(0, FIRST).map((row) => tableRow(row, pick)));
  }

  function choose(row) {
    const family = row.family ?? state.run.space.family;
    state.row = row;
    part('network').hidden = false;
    part('network').dataset.series = row.series ?? state.run.space.series;
    showNetwork(part, row, { family, series: row.series ?? state.run.space.series });
    part('maps').textContent = mapStrides(planOf(family, row.given)).join(' · ');
    showSliderLink(family, row);
    remember();
  }

  /** A link to the first tab with a network's settings, where its sliders reach them. */
  function showSliderLink(family, { given }) {
    const link = part('sliders');
    link.hidden = true;
    try {
      evaluate(family, given);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return;
    }
    link.href = address.linkTo('one-network', { family, ...differing(family, given, openingOf(family).given) });
    link.hidden = false;
  }

  /** What a person chooses is brought into view; a first touch leaves the page where it is, to read the point. */
  function pick(row, { isFirstTouch } = {}) {
    const own = state.run.rows.find(({ number }) => number === row.number);
    choose(row.isPublished ? row : own);
    if (!isFirstTouch) part('network').scrollIntoView({ block: 'nearest' });
  }

  /** Keep in the address what is asked for, and what is looked at. */
  function remember() {
    const network = state.row?.name ?? state.row?.number ?? state.wanted.network;
    address.remember(TAB, { ...state.asked, y: part('y').value, network });
  }

  function openSpace() {
    const space = spaceNamed(part('space').value);
    const isCapped = space.checks.some(({ kind }) => kind === 'Cap');
    const caps = isCapped
      ? text('For other images and strides the caps on parameters and activations are left out.')
      : '';
    part('source').textContent = part('space').value in designSpaces.named
      ? text('{0}. {1}', space.source, caps)
      : text('Widths and depths of {0} within the usual ranges; rounding and squeeze-excitation as by default.',
        space.title);
    part('strides-setting').hidden = !hasStageStrides(space);
  }

  /** Take up what the address says. */
  function restore() {
    const values = address.stateOf(TAB);
    if (!spaceNames().includes(values.get('space'))) return;
    for (const name of SETTINGS) part(name).value = values.get(name) ?? state.initial[name];
    if (!part('stem').value) part('stem').value = state.initial.stem;
    if (COSTS.some(({ key }) => key === values.get('y'))) part('y').value = values.get('y');
    openSpace();
    state.wanted = Object.fromEntries(values);
    begin();
  }

  /** Design anew with what a person has set. */
  function renew() {
    state.wanted = {};
    begin();
  }

  function listen() {
    part('space').addEventListener('change', openSpace);
    part('settings').addEventListener('change', renew);
    part('settings').addEventListener('submit', (event) => {
      event.preventDefault();
      renew();
    });
    part('others').addEventListener('click', () => {
      part('seed').value = Number(part('seed').value) + 1;
      renew();
    });
    part('y').addEventListener('change', showPlot);
    listenToCopies(part);
    document.getElementById(TAB).addEventListener('mm-open', () => { if (!state.run) begin(); });
    window.addEventListener('resize', () => { if (state.run && part('points').clientWidth) showPlot(); });
    window.addEventListener('hashchange', () => { if (address.read().tab === TAB) restore(); });
  }

  function start() {
    const option = (name) => html('option', { value: name }, spaceNamed(name).title);
    part('space').replaceChildren(...spaceNames().map(option));
    part('y').replaceChildren(...COSTS.slice(1).map(({ key, label }) => html('option', { value: key }, label)));
    state.initial = valuesOf(SETTINGS);
    listen();
    document.querySelector('#budget').hidden = false;
    openSpace();
    restore();
  }

  document.addEventListener('DOMContentLoaded', start);
})();
