// The channel explorer: sliders, drawing, cost, table of variants, config to copy.
'use strict';

(() => {
  const { html, inUnits, drawWidths, control, families, plans, hasSliders, variantsOf, settingsOf } = window.mmchan;
  const { complete, evaluate, typical, configSnippet, publishedAs, seriesNear, copyText } = window.mmchan;
  const MILLION = 1e6;
  const BILLION = 1e9;
  const state = { family: null, variant: null, given: {} };
  const part = (name) => document.querySelector(`#explorer [data-part="${name}"]`);

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

  /** What stands in the place of the sliders of a family whose plans this page cannot make. */
  function withoutSliders() {
    const { title, parameters } = families[state.family];
    const reason = state.family in plans
      ? `No sliders: ${title} has a value for every stage. The tab “Sample a space” draws such networks`
      : `No sliders: the arithmetic of ${title} is not in this page`;
    const words = html('p', { class: 'mm-note' }, `${reason}. In Python, get_plan and count of mmchan.channels `
      + 'make and count any network of it, from these arguments:');
    const items = parameters.map((one) => html('li', {}, html('code', {}, one.argument), ` ${one.meaning}`));
    return [words, html('ul', { class: 'mm-note' }, ...items)];
  }

  function openFamily(family) {
    state.family = family;
    const variants = variantsOf(family);
    const options = variants.map((one) => html('option', { value: one.name }, one.name));
    part('start').replaceChildren(...options);
    for (const name of ['start-setting', 'results', 'table']) part(name).hidden = !variants.length;
    for (const button of part('families').children) {
      button.setAttribute('aria-pressed', String(button.dataset.name === family));
    }
    const { start, title } = families[family];
    if (variants.length) startFrom(variants.find((one) => one.name === start));
    else {
      part('settings').replaceChildren(...withoutSliders());
      part('empty').textContent = `${title} has no named variants.`;
    }
  }

  function startFrom(variant) {
    state.variant = variant;
    state.given = complete(state.family, variant.arguments);
    part('empty').textContent = '';
    part('start').value = variant.name;
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
    const button = html('button', { type: 'button', class: 'mm-link' }, network.name ?? 'your network');
    if (!own) button.addEventListener('click', () => startFrom(network));
    const cells = [
      network.stages.join(' · '),
      inUnits(network.parameters, MILLION),
      inUnits(network.macs, BILLION),
      inUnits(network.activations, MILLION),
    ];
    const heading = html('th', { scope: 'row' }, own ? html('strong', {}, 'your network') : button);
    return html('tr', { class: own && 'mm-own' }, heading, ...cells.map((text) => html('td', {}, text)));
  }

  function showVariants(own) {
    const all = [...variantsOf(state.family), ...own].sort((a, b) => a.macs - b.macs);
    part('variants').replaceChildren(...all.map(row));
  }

  function draw(network) {
    const published = publishedAs(state.family, state.given);
    const series = seriesNear(state.variant, state.given);
    const own = { name: published?.name ?? 'your network', series, widths: network.widths };
    const compared = { ...state.variant, compared: true };
    const same = published === state.variant;
    drawWidths(part('chart'), same ? [own] : [own, compared]);
    part('legend').textContent = `Bars: ${own.name}.${same ? '' : ` Outline: ${compared.name}.`}`;
  }

  function show(network) {
    showCost(network);
    showVariants(hasSliders(state.family) ? [network] : []);
    draw(network);
    part('snippet').textContent = configSnippet(state.family, state.given);
  }

  function update() {
    const message = part('message');
    try {
      show(hasSliders(state.family) ? evaluate(state.family, state.given) : state.variant);
      message.textContent = '';
    } catch (error) {
      if (!(error instanceof window.mmchan.InputError)) throw error;
      message.textContent = `No such network: ${error.message}. Below is the last one that exists.`;
    }
  }

  function familyButton([name, { title, series }]) {
    const button = html('button', { type: 'button', class: 'mm-toggle', 'data-name': name, 'data-series': series }, title);
    button.addEventListener('click', () => openFamily(name));
    return button;
  }

  function start() {
    part('families').append(...Object.entries(families).map(familyButton));
    const chosen = (event) => variantsOf(state.family).find((variant) => variant.name === event.target.value);
    part('start').addEventListener('change', (event) => startFrom(chosen(event)));
    part('copy').addEventListener('click', () => copyText(part('snippet'), part('copied')));
    window.addEventListener('resize', () => { if (state.variant?.family === state.family) update(); });
    document.querySelector('#explorer').hidden = false;
    openFamily(Object.keys(families).find((name) => variantsOf(name).length));
  }

  document.addEventListener('DOMContentLoaded', start);
})();
