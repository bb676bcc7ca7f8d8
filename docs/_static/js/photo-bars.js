// Widths per block as bars that light up: one stripe per channel, the stronger the more active the channel is.
'use strict';
window.mmchan ??= {};

(() => {
  const { html, svg, text, widthScales, widthAxes } = window.mmchan;
  const FAINTEST = 0.06;
  const FULL = 2; // times the usual activation
  const CONTRAST = 1.5; // above 1: what is usual is rather dark

  /** How strongly something lights up that is so many times as active as usual. */
  const strength = (ratio) => Math.max(FAINTEST, Math.min(1, ratio / FULL) ** CONTRAST).toFixed(3);

  function bar(block, width, channels, scale) {
    const group = svg('g', { class: 'mm-photo-lit', style: `--block: ${block}` });
    const box = { x: scale.x(block) + scale.pitch * 0.08, width: scale.pitch * 0.84 };
    const part = (low, high, opacity) =>
      svg('rect', { ...box, y: scale.y(high), height: scale.y(low) - scale.y(high), 'fill-opacity': opacity });
    group.append(svg('rect', { ...box, class: 'mm-photo-unlit', y: scale.y(width), height: scale.y(0) - scale.y(width) }));
    if (channels) group.append(...channels.map((ratio, at) => part(at, at + 1, strength(ratio))));
    else group.append(part(0, width, FAINTEST));
    group.append(svg('rect', { ...box, class: 'mm-photo-outline', y: scale.y(width), height: scale.y(0) - scale.y(width) }));
    return group;
  }

  const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

  /** Activations of all channels, in a row, cut into blocks: {width, active, usual, channels}. */
  function perBlock(widths, activations, usual) {
    let start = 0;
    return widths.map((width) => {
      const [own, theirs] = [activations, usual].map((all) => Array.from(all.slice(start, start + width)));
      start += width;
      const channels = own.map((one, at) => one / Math.max(theirs[at], 1e-6));
      return { width, active: mean(own), usual: mean(theirs), channels };
    });
  }

  /** Draw the bars into an element: unlit ones where nothing was classified yet (`blocks` is null). */
  function drawBars(element, widths, blocks) {
    const scale = widthScales(element, [widths]);
    const viewBox = `0 0 ${scale.size.width} ${scale.size.height}`;
    const label = blocks
      ? text('Mean activation per block, as a share of the usual: {0}', blocks.map((one) => share(one)).join(', '))
      : text('Widths per block: {0}', widths.join(', '));
    const chart = svg('svg', { viewBox, role: 'img', class: 'mm-chart', 'aria-label': label });
    chart.append(widthAxes(scale), ...widths.map((width, block) => bar(block, width, blocks?.[block].channels, scale)));
    element.replaceChildren(chart);
  }

  const share = ({ active, usual }) => `${Math.round((100 * active) / usual)} %`;

  /** The same numbers as a table. */
  function blockTable(blocks) {
    const names = ['Block', 'Width', 'Mean activation', 'Share of the usual'];
    const head = html('tr', {}, ...names.map((name) => html('th', { scope: 'col' }, text(name))));
    const rows = blocks.map((one, block) => html(
      'tr', {},
      html('th', { scope: 'row' }, String(block)),
      ...[String(one.width), one.active.toFixed(2), share(one)].map((cell) => html('td', {}, cell)),
    ));
    return html('table', { class: 'mm-table' }, html('thead', {}, head), html('tbody', {}, ...rows));
  }

  Object.assign(window.mmchan, { photoBars: { drawBars, perBlock, blockTable } });
})();
