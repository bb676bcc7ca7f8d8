// Widths per block as bars that light up: one stripe per channel, the stronger the more active the channel is.
'use strict';
window.mmchan ??= {};

(() => {
  const { html, svg, sizeFor, text, ticks } = window.mmchan;
  const MOST = { width: 640, height: 300 };
  const MARGIN = { left: 52, right: 8, top: 10, bottom: 40 };
  const ROOM = 22; // that a block's number takes
  const FAINTEST = 0.06;
  const FULL = 2; // times the usual activation
  const CONTRAST = 1.5; // above 1: what is usual is rather dark

  function scales(element, widths) {
    const size = sizeFor(element, MOST);
    const yTicks = ticks(0, Math.max(...widths));
    const height = size.height - MARGIN.top - MARGIN.bottom;
    const pitch = (size.width - MARGIN.left - MARGIN.right) / widths.length;
    return { size, yTicks, pitch, x: (block) => MARGIN.left + block * pitch, y: (channels) => MARGIN.top + height * (1 - channels / yTicks.at(-1)) };
  }

  function axes(scale, widths) {
    const group = svg('g', { class: 'mm-axis' });
    const bottom = scale.y(0);
    for (const tick of scale.yTicks) {
      const y = scale.y(tick);
      group.append(svg('line', { class: 'mm-grid', x1: MARGIN.left, x2: scale.size.width - MARGIN.right, y1: y, y2: y }));
      group.append(svg('text', { x: MARGIN.left - 6, y: y + 4, 'text-anchor': 'end' }, String(tick)));
    }
    const every = scale.pitch < ROOM ? 2 : 1;
    widths.forEach((_, block) => {
      if (block % every === 0) group.append(svg('text', { x: scale.x(block) + scale.pitch / 2, y: bottom + 16, 'text-anchor': 'middle' }, String(block)));
    });
    const title = { class: 'mm-axis-title', 'text-anchor': 'middle' };
    const middle = scale.x(widths.length / 2);
    group.append(svg('text', { ...title, x: middle, y: scale.size.height - 4 }, text('block')));
    const turned = `translate(11 ${(MARGIN.top + bottom) / 2}) rotate(-90)`;
    group.append(svg('text', { ...title, transform: turned }, text('width (channels)')));
    return group;
  }

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
    const scale = scales(element, widths);
    const viewBox = `0 0 ${scale.size.width} ${scale.size.height}`;
    const label = blocks
      ? text('Mean activation per block, as a share of the usual: {0}', blocks.map((one) => share(one)).join(', '))
      : text('Widths per block: {0}', widths.join(', '));
    const chart = svg('svg', { viewBox, role: 'img', class: 'mm-chart', 'aria-label': label });
    chart.append(axes(scale, widths), ...widths.map((width, block) => bar(block, width, blocks?.[block].channels, scale)));
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
