// Draws widths per block: bars for a network, steps for those that it is compared with. Also fills every
// <figure class="mm-widths" data-variants="name name"> of a page.
'use strict';
window.mmchan ??= {};

(() => {
  const { svg, text, sizeFor, ticks } = window.mmchan;
  const MOST = { width: 640, height: 300 };
  const MARGIN = { right: 12, top: 12, bottom: 40 };
  const [TITLE, DIGIT] = [36, 8]; // room at the left for the axis' title, and for each digit of its ticks
  const MOST_NUMBERS = 14; // of blocks that are numbered

  /** From blocks and channels to places in a drawing for an element; `all` are lists of widths. */
  function widthScales(element, all) {
    const size = sizeFor(element, MOST);
    const blocks = Math.max(...all.map((widths) => widths.length));
    const yTicks = ticks(0, Math.max(...all.flat()));
    const left = TITLE + DIGIT * String(yTicks.at(-1)).length;
    const width = size.width - left - MARGIN.right;
    const height = size.height - MARGIN.top - MARGIN.bottom;
    return {
      size,
      left,
      blocks,
      yTicks,
      pitch: width / blocks,
      x: (block) => left + (block * width) / blocks,
      y: (channels) => MARGIN.top + height * (1 - channels / yTicks.at(-1)),
    };
  }

  function widthAxes(scale) {
    const group = svg('g', { class: 'mm-axis' });
    const [right, bottom] = [scale.size.width - MARGIN.right, scale.size.height - MARGIN.bottom];
    for (const tick of scale.yTicks) {
      const y = scale.y(tick);
      group.append(svg('line', { class: 'mm-grid', x1: scale.left, x2: right, y1: y, y2: y }));
      group.append(svg('text', { x: scale.left - 8, y: y + 4, 'text-anchor': 'end' }, String(tick)));
    }
    const every = Math.ceil(scale.blocks / MOST_NUMBERS);
    for (let block = 0; block < scale.blocks; block += every) {
      const x = scale.x(block) + scale.pitch / 2;
      group.append(svg('text', { x, y: bottom + 16, 'text-anchor': 'middle' }, String(block)));
    }
    const middle = (scale.left + right) / 2;
    group.append(svg('text', { class: 'mm-axis-title', x: middle, y: scale.size.height - 4, 'text-anchor': 'middle' }, text('block')));
    const height = (MARGIN.top + bottom) / 2;
    const title = { class: 'mm-axis-title', 'text-anchor': 'middle', transform: `translate(12 ${height}) rotate(-90)` };
    group.append(svg('text', title, text('width (channels)')));
    return group;
  }

  function bars(one, scale) {
    const group = svg('g', { class: 'mm-bars', 'data-series': one.series });
    one.widths.forEach((width, block) => {
      const gap = Math.min(3, scale.pitch * 0.15);
      const top = scale.y(width);
      const box = { x: scale.x(block) + gap / 2, y: top, width: scale.pitch - gap, height: scale.y(0) - top };
      group.append(svg('rect', box, svg('title', {}, text('block {0}: {1} channels', block, width))));
    });
    return group;
  }

  /** A network's colour; networks of one series differ by their line's pattern. */
  const look = (one) => ({ 'data-series': one.series, 'data-pattern': one.pattern ?? 0 });

  function steps(one, scale) {
    const corners = one.widths.flatMap((width, block) => [[block, width], [block + 1, width]]);
    const points = corners.map(([block, width]) => `${scale.x(block)},${scale.y(width)}`).join(' ');
    return svg('polyline', { class: 'mm-steps', ...look(one), points });
  }

  /** Draw into `element` networks, {name, series, widths, compared}; the first is described to readers. */
  function drawWidths(element, networks) {
    const scale = widthScales(element, networks.map((one) => one.widths));
    const label = networks.map((one) => `${one.name}: ${one.widths.join(', ')}`).join('; ');
    const viewBox = `0 0 ${scale.size.width} ${scale.size.height}`;
    const chart = svg('svg', { viewBox, role: 'img', class: 'mm-chart' });
    chart.setAttribute('aria-label', text('Widths per block. {0}', label));
    chart.append(widthAxes(scale), ...networks.map((one) => (one.compared ? steps(one, scale) : bars(one, scale))));
    element.replaceChildren(chart);
  }

  function legend(networks) {
    const { html } = window.mmchan;
    const names = networks.map((one) => html('span', { class: 'mm-key', ...look(one) }, one.name));
    return html('figcaption', {}, ...names);
  }

  function drawFigures() {
    for (const figure of document.querySelectorAll('figure.mm-widths')) {
      const names = figure.dataset.variants.split(' ');
      const networks = names.map((name) => window.mmchan.variants.find((one) => one.name === name));
      const drawn = networks.map((one, index) => {
        const before = networks.slice(0, index).filter((other) => other.series === one.series);
        return { ...one, compared: networks.length > 1, pattern: before.length };
      });
      drawWidths(figure, drawn);
      figure.append(legend(drawn));
    }
  }

  Object.assign(window.mmchan, { widthScales, widthAxes, drawWidths });
  document.addEventListener('DOMContentLoaded', drawFigures);
  window.addEventListener('resize', drawFigures);
})();
