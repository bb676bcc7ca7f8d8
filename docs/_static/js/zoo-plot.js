// The zoo's plot: a metric against a cost (logarithmic), with the Pareto front of what is shown. One tab stop;
// arrow keys move between the points, Enter goes to the row.
'use strict';
window.mmchan ??= {};

(() => {
  const { svg, html, sizeFor, ticks, logTicks, isEmpty } = window.mmchan;
  const MOST = { width: 960, height: 480 };
  const MARGIN = { left: 52, right: 16, top: 14, bottom: 44 };
  const REACH = 18; // how far from a point the mouse finds it
  const OVERLAP = 6; // how near points are described together

  function pointsOf(rows, x, y) {
    const both = rows.filter((row) => x.value(row) > 0 && !isEmpty(y.value(row)));
    return both.map((row) => ({ row, x: x.value(row), y: y.value(row) })).sort((a, b) => a.x - b.x || b.y - a.y);
  }

  /** The points that no other beats: none costs less and is at least as good. */
  function paretoFront(points) {
    const front = [];
    for (const point of points) if (!front.length || point.y > front.at(-1).y) front.push(point);
    return front;
  }

  function scales(points, size) {
    const xs = points.map((point) => point.x);
    const ys = points.map((point) => point.y);
    const xTicks = logTicks(Math.min(...xs), Math.max(...xs));
    const yTicks = ticks(Math.min(...ys), Math.max(...ys), 6);
    const width = size.width - MARGIN.left - MARGIN.right;
    const height = size.height - MARGIN.top - MARGIN.bottom;
    const [left, right] = [Math.log(xTicks[0]), Math.log(xTicks.at(-1))];
    return {
      size,
      xTicks,
      yTicks,
      x: (value) => MARGIN.left + (width * (Math.log(value) - left)) / (right - left),
      y: (value) => MARGIN.top + height * (1 - (value - yTicks[0]) / (yTicks.at(-1) - yTicks[0])),
    };
  }

  function axes(scale, x, y) {
    const group = svg('g', { class: 'mm-axis', 'aria-hidden': 'true' });
    const { width, height } = scale.size;
    const [left, right, bottom] = [MARGIN.left, width - MARGIN.right, height - MARGIN.bottom];
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

  function stair(front, scale) {
    const corners = front.flatMap((point, index) => {
      const before = front[index - 1];
      return before ? [[point.x, before.y], [point.x, point.y]] : [[point.x, point.y]];
    });
    const points = corners.map(([x, y]) => `${scale.x(x)},${scale.y(y)}`).join(' ');
    return svg('polyline', { class: 'mm-front', points });
  }

  function describe(point, x, y) {
    const { variant, name, detector, provenance, source } = point.row;
    const network = [variant ?? name, detector].filter(Boolean).join(', ');
    const origin = [provenance, source].filter(Boolean).join(', ');
    return `${network}: ${y.label} ${y.show(point.y)}, ${x.label} ${x.show(point.x)} (${origin})`;
  }

  /** A point with its label, its place and the mark that is drawn there. */
  function placed(point, scale, label) {
    const at = { x: scale.x(point.x), y: scale.y(point.y) };
    const classes = `mm-point${point.row.baseline ? ' mm-baseline' : ''}`;
    const names = { 'aria-label': label, 'data-name': point.row.name, 'data-series': point.row.series };
    const seen = svg('circle', { cx: at.x, cy: at.y, r: 5, class: 'mm-mark' });
    const mark = svg('g', { class: classes, role: 'button', tabindex: '-1', ...names }, seen);
    return { ...point, label, at, mark };
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
      tooltip.replaceChildren(...near.map((point) => html('div', {}, point.label)));
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

  function withMouse(chart, points, tooltip, onChoose) {
    const mark = (chosen) => points.forEach((one) => one.mark.classList.toggle('mm-near', one === chosen));
    chart.addEventListener('pointermove', (event) => {
      const point = nearest(event, chart, points);
      mark(point);
      chart.classList.toggle('mm-over', Boolean(point));
      if (point) tooltip.show(points.indexOf(point));
      else tooltip.hide();
    });
    chart.addEventListener('pointerleave', () => { mark(null); tooltip.hide(); });
    chart.addEventListener('click', (event) => {
      const own = points.find((one) => one.mark.contains(event.target)); // a screen reader's click
      const point = own ?? nearest(event, chart, points);
      if (point) onChoose(point.row);
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

  /** Draw rows into `element`; x and y are columns, `onChoose` gets the row of a point that is clicked. */
  function drawPlot(element, { rows, x, y, onChoose }) {
    const found = pointsOf(rows, x, y);
    if (!found.length) {
      element.replaceChildren(html('p', { class: 'mm-note' }, `No row shown has both ${x.label} and ${y.label}.`));
      return;
    }
    const scale = scales(found, sizeFor(element, MOST));
    const points = found.map((point) => placed(point, scale, describe(point, x, y)));
    const marks = points.map((point) => point.mark);
    const viewBox = `0 0 ${scale.size.width} ${scale.size.height}`;
    const chart = svg('svg', { viewBox, role: 'group', class: 'mm-chart mm-plot' });
    const what = `${y.label} over ${x.label}: ${points.length} networks`;
    chart.setAttribute('aria-label', `${what}; arrow keys move between them`);
    chart.append(axes(scale, x, y), stair(paretoFront(points), scale), ...marks);
    element.replaceChildren(chart);
    const tooltip = tooltipOf(element, points);
    withKeys(marks);
    withFocus(points, tooltip, onChoose);
    withMouse(chart, points, tooltip, onChoose);
  }

  Object.assign(window.mmchan, { drawPlot, paretoFront });
})();
