// Points of two quantities, as the zoo and the explorer draw them. One tab stop; arrow keys move between the points,
// Enter or a click chooses one.
'use strict';
window.mmchan ??= {};

(() => {
  const { svg, html, sizeFor, text } = window.mmchan;
  const MOST = { width: 960, height: 480 };
  const MARGIN = { right: 20, top: 14, bottom: 44 };
  const [TITLE, LETTER] = [32, 7]; // room at the left for the axis' title, and for each letter of its ticks
  const REACH = 18; // how far from a point the mouse finds it
  const OVERLAP = 6; // how near points are described together
  const MOST_TOLD = 6; // of points that lie over each other
  const RADIUS = 5;

  const linear = (value) => value;

  /** From values to places; an axis has {ticks, along}, where `along` is Math.log on a logarithmic one. */
  function scales(points, { size, x, y }) {
    const extent = (values, axis) => axis.ticks(Math.min(...values), Math.max(...values));
    const xTicks = extent(points.map((point) => point.x), x);
    const yTicks = extent(points.map((point) => point.y), y);
    const left = TITLE + LETTER * Math.max(...yTicks.map((tick) => String(tick).length));
    const width = size.width - left - MARGIN.right;
    const height = size.height - MARGIN.top - MARGIN.bottom;
    const share = (value, ticks, along = linear) => {
      const [first, last] = [along(ticks[0]), along(ticks.at(-1))];
      return (along(value) - first) / (last - first);
    };
    const frame = { left, right: left + width, top: MARGIN.top, bottom: MARGIN.top + height };
    return {
      size,
      frame,
      xTicks,
      yTicks,
      x: (value) => left + width * share(value, xTicks, x.along),
      y: (value) => MARGIN.top + height * (1 - share(value, yTicks, y.along)),
    };
  }

  function axes(scale, x, y) {
    const group = svg('g', { class: 'mm-axis', 'aria-hidden': 'true' });
    const { width, height } = scale.size;
    const [left, right, bottom] = [scale.frame.left, width - MARGIN.right, height - MARGIN.bottom];
    for (const tick of scale.yTicks) {
      const at = scale.y(tick);
      group.append(svg('line', { class: 'mm-grid', x1: left, x2: right, y1: at, y2: at }));
      group.append(svg('text', { x: left - 8, y: at + 4, 'text-anchor': 'end' }, String(tick)));
    }
    for (const tick of scale.xTicks) {
      const at = scale.x(tick);
      group.append(svg('line', { class: 'mm-grid', x1: at, x2: at, y1: MARGIN.top, y2: bottom }));
      group.append(svg('text', { x: at, y: bottom + 17, 'text-anchor': 'middle' }, String(tick)));
    }
    const middle = (left + right) / 2;
    group.append(svg('text', { class: 'mm-axis-title', x: middle, y: height - 6, 'text-anchor': 'middle' }, x.axis));
    const turned = `translate(12 ${(MARGIN.top + bottom) / 2}) rotate(-90)`;
    group.append(svg('text', { class: 'mm-axis-title', 'text-anchor': 'middle', transform: turned }, y.axis));
    return group;
  }

  /** The corners of a mark around (0, 0): `reaches` are the distances of its corners, the first one upwards. */
  function corners(count, reaches, turn = 0) {
    return Array.from({ length: count }, (_, index) => {
      const angle = 2 * Math.PI * (index / count + turn) - Math.PI / 2;
      const reach = reaches[index % reaches.length] * RADIUS;
      return [reach * Math.cos(angle), reach * Math.sin(angle)].map((at) => at.toFixed(2)).join(' ');
    });
  }

  const cross = (turn) => {
    const [arm, side] = [1.15, 0.4];
    const right = [[side, -arm], [side, -side], [arm, -side], [arm, side], [side, side], [side, arm]];
    const all = [...right, ...right.map(([x, y]) => [-x, -y])];
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    return all.map(([x, y]) => `${RADIUS * (x * cos - y * sin)} ${RADIUS * (x * sin + y * cos)}`);
  };

  // marks in the order of mmchan/drawing/zoo.py: circle, square, diamond, triangles, plus, star, cross, pentagon, hexagon
  const MARKS = [
    null, corners(4, [1.3], 1 / 8), corners(4, [1.35]), corners(3, [1.3]), corners(3, [1.3], 1 / 2), cross(0),
    corners(10, [1.45, 0.65]), cross(Math.PI / 4), corners(5, [1.2]), corners(6, [1.2]),
  ];

  /** A mark at a place, of the shape with this number. */
  function markAt({ x, y }, shape = 0) {
    const polygon = MARKS[shape % MARKS.length];
    if (!polygon) return svg('circle', { cx: x, cy: y, r: RADIUS, class: 'mm-mark' });
    return svg('polygon', { points: polygon.join(', '), transform: `translate(${x} ${y})`, class: 'mm-mark' });
  }

  /** A point with its place and the mark that is drawn there. */
  function placed(point, scale) {
    const { row, label, hollow, shape } = point;
    const at = { x: scale.x(point.x), y: scale.y(point.y) };
    const names = { 'aria-label': label, 'data-name': row.name, 'data-series': row.series };
    const classes = `mm-point${hollow ? ' mm-baseline' : ''}`;
    const mark = svg('g', { class: classes, role: 'button', tabindex: '-1', ...names }, markAt(at, shape));
    return { ...point, at, mark };
  }

  function withKeys(marks) {
    marks[0].setAttribute('tabindex', '0');
    marks.forEach((one, index) => {
      one.addEventListener('keydown', (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const next = marks[(index + step + marks.length) % marks.length];
        one.setAttribute('tabindex', '-1');
        next.setAttribute('tabindex', '0');
        next.focus();
      });
    });
  }

  /** Shows beside a point what it and those that lie over it say. */
  function tooltipOf(element, points) {
    const tooltip = html('div', { class: 'mm-tooltip', hidden: true, 'aria-hidden': 'true' });
    element.append(tooltip);
    const show = (index) => {
      const near = points.filter((other) => distance(other, points[index]) <= OVERLAP);
      near.sort((a, b) => distance(a, points[index]) - distance(b, points[index]));
      const shown = near.slice(0, MOST_TOLD).map((point) => html('div', {}, point.label));
      const others = near.length - shown.length;
      tooltip.replaceChildren(...shown, ...(others ? [html('div', {}, text('and {0} more', others))] : []));
      tooltip.hidden = false;
      const [frame, box] = [element.getBoundingClientRect(), points[index].mark.getBoundingClientRect()];
      const centre = box.left + box.width / 2 - frame.left;
      const most = frame.width - tooltip.offsetWidth;
      tooltip.style.left = `${Math.max(0, Math.min(centre - tooltip.offsetWidth / 2, most))}px`;
      const above = box.top - frame.top - tooltip.offsetHeight - 8;
      tooltip.style.top = `${above > 0 ? above : box.bottom - frame.top + 8}px`;
    };
    return { show, hide: () => { tooltip.hidden = true; } };
  }

  const distance = (a, b) => Math.hypot(a.at.x - b.at.x, a.at.y - b.at.y);

  /** The point next to a mouse event, if one is near; networks lie so close that one would hide another. */
  function nearest(event, chart, points) {
    const box = chart.getBoundingClientRect();
    const scale = chart.viewBox.baseVal.width / box.width;
    const mouse = { at: { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale } };
    const best = points.reduce((a, b) => (distance(b, mouse) < distance(a, mouse) ? b : a));
    return distance(best, mouse) <= REACH ? best : null;
  }

  function withPointer(chart, points, tooltip, onChoose) {
    const mark = (chosen) => points.forEach((one) => one.mark.classList.toggle('mm-near', one === chosen));
    const tell = (point) => {
      mark(point);
      chart.classList.toggle('mm-over', Boolean(point));
      if (point) tooltip.show(points.indexOf(point));
      else tooltip.hide();
    };
    const byMouse = (event) => event.pointerType !== 'touch';
    chart.addEventListener('pointermove', (event) => { if (byMouse(event)) tell(nearest(event, chart, points)); });
    chart.addEventListener('pointerleave', (event) => { if (byMouse(event)) tell(null); });
    let told = null; // the point that a finger has touched: what is said of it stays until another touch
    chart.addEventListener('click', (event) => {
      const own = points.find((one) => one.mark.contains(event.target)); // a screen reader's click
      const point = own ?? nearest(event, chart, points);
      const again = point && point === told;
      told = byMouse(event) ? null : point;
      if (told || !byMouse(event)) tell(point);
      if (point) onChoose(point.row, { isFirstTouch: Boolean(told) && !again });
    });
  }

  function withFocus(points, tooltip, onChoose) {
    points.forEach(({ mark: one, row }, index) => {
      one.addEventListener('focus', () => tooltip.show(index));
      one.addEventListener('blur', tooltip.hide);
      one.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onChoose(row);
      });
    });
  }

  /**
   * Draw points, {x, y, row, label, hollow, shape}, into `element`; x and y are axes, {axis, ticks, along}; `behind`
   * makes what is drawn under the points; `onChoose` gets the row of a point that is clicked, and whether it was
   * touched for the first time: then what the point says is shown beside it.
   */
  function drawScatter(element, { points, x, y, label, behind = () => [], onChoose }) {
    const scale = scales(points, { size: sizeFor(element, MOST), x, y });
    const drawn = points.map((point) => placed(point, scale));
    const marks = drawn.map((point) => point.mark);
    const viewBox = `0 0 ${scale.size.width} ${scale.size.height}`;
    const chart = svg('svg', { viewBox, role: 'group', class: 'mm-chart mm-plot' });
    chart.setAttribute('aria-label', text('{0}; arrow keys move between them', label));
    chart.append(axes(scale, x, y), ...behind(scale), ...marks);
    element.replaceChildren(chart);
    const tooltip = tooltipOf(element, drawn);
    withKeys(marks);
    withFocus(drawn, tooltip, onChoose);
    withPointer(chart, drawn, tooltip, onChoose);
  }

  Object.assign(window.mmchan, { plotScales: scales, plotAxes: axes, markAt, drawScatter });
})();
