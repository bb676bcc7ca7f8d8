// The channel explorer: sliders, drawing, cost, table of published variants, config to copy.
'use strict';

(() => {
  const { html, inUnits, drawWidths, explorerFamilies, complete, evaluate, configSnippet, publishedAs } = window.mmchan;
  const MILLION = 1e6;
  const BILLION = 1e9;
  const state = { family: 'regnet', compared: null, given: {} };
  const part = (name) => document.querySelector(`#explorer [data-part="${name}"]`);
  const ofFamily = () => window.mmchan.variants.filter((variant) => variant.family === state.family);

  /** The colour that a network has: RegNet with squeeze-excitation is RegNetY. */
  function colour() {
    if (state.family !== 'regnet') return state.family;
    return state.given.se_ratio > 0 ? 'regnety' : 'regnetx';
  }

  function slider(setting) {
    const id = `setting-${setting.argument}`;
    const { min, max, step } = setting;
    const value = state.given[setting.argument];
    const range = html('input', { type: 'range', id, min, max, step, value });
    const exact = { type: 'number', min, max, step: 'any', value, 'aria-label': `${setting.label}, exact` };
    const number = html('input', exact);
    const follow = (from, to) => () => {
      to.value = from.value;
      state.given[setting.argument] = Number(from.value);
      update();
    };
    range.addEventListener('input', follow(range, number));
    number.addEventListener('input', follow(number, range));
    return html('div', { class: 'mm-setting' }, html('label', { for: id }, setting.label), range, number);
  }

  function choice(setting) {
    const id = `setting-${setting.argument}`;
    const options = setting.choices.map((name) => html('option', { value: name }, name));
    const select = html('select', { id }, ...options);
    select.value = state.given[setting.argument];
    select.addEventListener('change', () => {
      state.given[setting.argument] = select.value;
      update();
    });
    return html('div', { class: 'mm-setting' }, html('label', { for: id }, setting.label), select);
  }

  function startFrom(variant) {
    state.family = variant.family;
    state.given = complete(variant.family, variant.arguments);
    state.compared = variant;
    const { settings } = explorerFamilies[state.family];
    part('settings').replaceChildren(...settings.map((one) => (one.choices ? choice(one) : slider(one))));
    const options = ofFamily().map((one) => html('option', { value: one.name }, one.name));
    part('start').replaceChildren(...options);
    part('start').value = variant.name;
    for (const button of part('families').children) {
      button.setAttribute('aria-pressed', String(button.dataset.family === state.family));
    }
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

  function showVariants(network) {
    const all = [...ofFamily(), network].sort((a, b) => a.macs - b.macs);
    part('variants').replaceChildren(...all.map(row));
  }

  function draw(network) {
    const published = publishedAs(state.family, state.given);
    const own = { name: published ? published.name : 'your network', colour: colour(), widths: network.widths };
    const compared = { ...state.compared, compared: true };
    const same = published === state.compared;
    drawWidths(part('chart'), same ? [own] : [own, compared]);
    part('legend').textContent = `Bars: ${own.name}.${same ? '' : ` Outline: ${compared.name}.`}`;
  }

  function update() {
    const message = part('message');
    try {
      const network = evaluate(state.family, state.given);
      showCost(network);
      showVariants(network);
      draw(network);
      part('snippet').textContent = configSnippet(state.family, state.given);
      message.textContent = '';
    } catch (error) {
      if (!(error instanceof window.mmchan.InputError)) throw error;
      message.textContent = `No such network: ${error.message}. Below is the last one that exists.`;
    }
  }

  async function copySnippet() {
    const text = part('snippet').textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // pages from file:// and plain http have no clipboard; there, selecting and copying still works
      window.getSelection().selectAllChildren(part('snippet'));
      document.execCommand('copy');
    }
    part('copied').textContent = 'Copied.';
  }

  function start() {
    const find = (name) => window.mmchan.variants.find((variant) => variant.name === name);
    for (const [family, { title, start: first }] of Object.entries(explorerFamilies)) {
      const button = html('button', { type: 'button', class: 'mm-toggle', 'data-family': family }, title);
      button.addEventListener('click', () => startFrom(find(first)));
      part('families').append(button);
    }
    part('start').addEventListener('change', (event) => startFrom(find(event.target.value)));
    part('copy').addEventListener('click', copySnippet);
    window.addEventListener('resize', update);
    document.querySelector('#explorer').hidden = false;
    startFrom(find(explorerFamilies.regnet.start));
  }

  document.addEventListener('DOMContentLoaded', start);
})();
