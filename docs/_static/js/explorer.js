// The channel explorer: sliders, drawing, cost, table of variants, config to copy.
'use strict';

(() => {
  const { html, text, inUnits, drawWidths, control, markInvalid, families } = window.mmchan;
  const { hasSliders, variantsOf, settingsOf, openingOf, differing, changedBy, address } = window.mmchan;
  const { evaluate, typical, configSnippet, publishedAs, seriesNear, listenToCopies, showSnippet, InputError } = window.mmchan;
  const MILLION = 1e6;
  const BILLION = 1e9;
  const TAB = 'one-network';
  // `compared` is the variant of the outline; `start` what the settings began as, from which the address tells changes
  const state = { family: null, compared: null, start: null, given: {}, redraw: null };
  const part = (name) => document.querySelector(`#explorer [data-part="${name}"]`);
  const firstFamily = () => Object.keys(families).find((name) => variantsOf(name).length);
  const named = (family, name) => variantsOf(family).find((variant) => variant.name === name);

  function settings() {
    return settingsOf(state.family).map((setting) => control(setting, {
      value: state.given[setting.argument],
      typical: typical(state.family, setting),
      change: (value) => {
        state.given[setting.argument] = value;
        update();
      },
    }));
  }

  /** What stands in the place of the sliders of a family whose arithmetic this page does not have. */
  function withoutSliders() {
    const { title, parameters } = families[state.family];
    const words = text('No sliders: the arithmetic of {0} is not in this page. In Python, get_plan and count of '
      + 'mmchan.channels make and count any network of it, from these arguments:', title);
    const items = parameters.map((one) => html('li', {}, html('code', {}, one.argument), ` ${one.meaning}`));
    return [html('p', { class: 'mm-note' }, words), html('ul', { class: 'mm-note' }, ...items)];
  }

  /** What a family opens with says of itself, where it is no variant of its own. */
  function noteOf(family, opening) {
    if (variantsOf(family).length) return '';
    const { title } = families[family];
    return opening && hasSliders(family)
      ? text('{0} has no named variants: here it opens with the widths of {1}.', title, opening.like.name)
      : text('{0} has no named variants.', title);
  }

  function openFamily(family) {
    state.family = family;
    const variants = variantsOf(family);
    part('start').replaceChildren(...variants.map((one) => html('option', { value: one.name }, one.name)));
    for (const name of ['start-setting', 'table']) part(name).hidden = !variants.length;
    for (const button of part('families').children) {
      button.setAttribute('aria-pressed', String(button.dataset.name === family));
    }
    const opening = openingOf(family);
    part('empty').textContent = noteOf(family, opening);
    part('results').hidden = !opening;
    if (opening) begin(opening);
    else part('settings').replaceChildren(...withoutSliders());
  }

  function startFrom(variant) {
    begin({ like: variant, given: window.mmchan.complete(variant.family, variant.arguments) });
  }

  /** Begin with arguments, {like, given}; `changes` are what an address has changed of them. */
  function begin({ like, given }, changes = new URLSearchParams()) {
    state.compared = like;
    state.start = given;
    state.given = changedBy(state.family, given, changes);
    if (named(state.family, like.name)) part('start').value = like.name;
    part('settings').replaceChildren(...(hasSliders(state.family) ? settings() : withoutSliders()));
    update();
  }

  function showCost(network) {
    part('stages').textContent = network.stages.join(' · ');
    part('blocks').textContent = String(network.widths.length);
    part('parameters').textContent = `${inUnits(network.parameters, MILLION)} M`;
    part('macs').textContent = `${inUnits(network.macs, BILLION)} G`;
    part('activations').textContent = `${inUnits(network.activations, MILLION)} M`;
  }

  function row(network) {
    const own = !network.name;
    const button = html('button', { type: 'button', class: 'mm-link' }, network.name ?? text('your network'));
    if (!own) button.addEventListener('click', () => startFrom(network));
    const cells = [
      network.stages.join(' · '),
      inUnits(network.parameters, MILLION),
      inUnits(network.macs, BILLION),
      inUnits(network.activations, MILLION),
    ];
    const heading = html('th', { scope: 'row' }, own ? html('strong', {}, text('your network')) : button);
    return html('tr', { class: own && 'mm-own' }, heading, ...cells.map((words) => html('td', {}, words)));
  }

  function showVariants(own) {
    const all = [...variantsOf(state.family), ...own].sort((a, b) => a.macs - b.macs);
    part('variants').replaceChildren(...all.map(row));
  }

  function draw(network, { family, given, compared }) {
    const published = publishedAs(family, given);
    const name = published?.name ?? text('your network');
    const own = { name, series: seriesNear(family, given, compared), widths: network.widths };
    const isSame = published === compared;
    drawWidths(part('chart'), isSame ? [own] : [own, { ...compared, compared: true }]);
    part('legend').textContent = isSame
      ? text('Bars: {0}.', name)
      : text('Bars: {0}. Outline: {1}.', name, compared.name);
  }

  function show(network) {
    showCost(network);
    showVariants(hasSliders(state.family) ? [network] : []);
    const shown = { ...state, given: { ...state.given } };
    state.redraw = () => draw(network, shown);
    state.redraw();
    showSnippet(part, configSnippet(state.family, state.given));
  }

  /** What the address needs to come back to here. */
  function inAddress() {
    const { family, compared, start, given } = state;
    const changes = differing(family, given, start);
    const isOpening = compared.name === openingOf(family).like.name;
    if (isOpening && family === firstFamily() && !Object.keys(changes).length) return {};
    return { family, start: isOpening ? undefined : compared.name, ...changes };
  }

  function update() {
    const message = part('message');
    try {
      show(hasSliders(state.family) ? evaluate(state.family, state.given) : state.compared);
      message.textContent = '';
      markInvalid(part('settings'), null);
      address.remember(TAB, inAddress());
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      message.textContent = text('{0} Below is the last network that exists.', error.message);
      markInvalid(part('settings'), error.argument);
      part('copied').textContent = '';
    }
  }

  /** Take up what the address says; what it does not say is as in the beginning. */
  function restore() {
    const values = address.stateOf(TAB);
    const family = values.get('family') ?? firstFamily();
    const isKnown = family in families;
    openFamily(isKnown ? family : firstFamily());
    const wanted = values.get('start');
    const variant = isKnown && wanted ? named(family, wanted) : null;
    if (variant) startFrom(variant);
    if (isKnown && openingOf(family)) begin({ like: state.compared, given: state.start }, values);
    const lacking = isKnown ? wanted && !variant && wanted : family;
    if (lacking) part('message').textContent = text('This page does not know {0}, which the address names.', lacking);
  }

  function familyButton([name, { title, series }]) {
    const attributes = { type: 'button', class: 'mm-toggle', 'data-name': name, 'data-series': series };
    const button = html('button', attributes, title);
    button.addEventListener('click', () => openFamily(name));
    return button;
  }

  function listen() {
    part('start').addEventListener('change', (event) => startFrom(named(state.family, event.target.value)));
    listenToCopies(part);
    window.addEventListener('resize', () => { if (part('chart').clientWidth) state.redraw?.(); });
    window.addEventListener('hashchange', () => { if (address.read().tab === TAB) restore(); });
  }

  function start() {
    part('families').append(...Object.entries(families).map(familyButton));
    listen();
    document.querySelector('#explorer').hidden = false;
    restore();
  }

  document.addEventListener('DOMContentLoaded', start);
})();
