// The drawing of the tab that designs for a budget: a cloud of the space's networks, the budget, those within it,
// published networks with their names, and the network that is chosen.
'use strict';
window.mmchan ??= {};

(() => {
  const { svg, html, text, logTicks, told, drawScatter, USED } = window.mmchan;
  const PUBLISHED = 2; // the shape of their marks, a diamond

  /** Round values around all of some numbers, not only those of the points. */
  const axisOf = ({ label }, values) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return { axis: label, ticks: () => logTicks(low, high), along: Math.log };
  };

  const dot = ({ x, y }) => svg('circle', { cx: x, cy: y, r: 2 });

  /** The part of the plot that the budget leaves: a band of MACs, and what is below the most of the other cost. */
  function region(scale, { x, y, budget }) {
    const [left, right] = [scale.x(USED * budget.macs / x.unit), scale.x(budget.macs / x.unit)];
    const [floor, ceiling] = [scale.yTicks[0], scale.yTicks.at(-1)];
    const most = Math.min((budget[y.key] ?? Infinity) / y.unit, ceiling);
    const top = scale.y(Math.max(most, floor));
    return svg('rect', { class: 'mm-budget', x: left, y: top, width: right - left, height: scale.y(floor) - top });
  }

  /** The outline of a rectangle, as places that a line joins. */
  function outline(rectangle) {
    const [left, top, width, height] = ['x', 'y', 'width', 'height'].map((name) => Number(rectangle.getAttribute(name)));
    const corners = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]];
    return corners.map(([across, along]) => ({ x: left + across * width, y: top + along * height }));
  }

  function behind(scale, { x, y, run, points }) {
    const at = (row) => ({ x: scale.x(x.value(row)), y: scale.y(y.value(row)) });
    const cloud = svg('g', { class: 'mm-cloud', 'aria-hidden': 'true' }, ...run.cloud.map((row) => dot(at(row))));
    const published = points.filter(({ row }) => row.isPublished);
    const wanted = published.map(({ row }) => ({ place: at(row), name: row.name, group: row.series }));
    const allowed = region(scale, { x, y, budget: run.budget });
    const names = window.mmchan.placeLabels({
      wanted, marks: points.map(({ row }) => at(row)), lines: [outline(allowed)], frame: scale.frame,
    });
    return [allowed, cloud, ...names];
  }

  function key(element, words, attributes = {}) {
    return html('li', attributes, svg('svg', { viewBox: '0 0 12 12', class: 'mm-sample' }, element), words);
  }

  function legend(run, title) {
    const { series } = run.space;
    const own = { 'data-series': series };
    const mark = (attributes) => svg('circle', { cx: 6, cy: 6, r: 4, ...attributes });
    return html('ul', { class: 'mm-legend' },
      key(svg('g', { class: 'mm-cloud' }, mark({ r: 2 })), text('{0}, drawn at random', title), own),
      key(mark({ class: 'mm-mark' }), text('of these, within your budget'), own),
      key(svg('g', { class: 'mm-picked' }, mark({ class: 'mm-mark' })), text('yours'), own),
      key(svg('rect', { class: 'mm-budget', width: 12, height: 12 }), text('your budget')),
      key(window.mmchan.markAt({ x: 6, y: 6 }, PUBLISHED),
        text('published networks with strides of their own, in the colours of their families')));
  }

  /** Draw a search for networks; x and y are costs, {key, label, unit, value}; `onChoose` gets a row. */
  function drawBudget(element, { run, published, x, y, onChoose }) {
    const { rows, cloud, budget, space } = run;
    const own = rows.map((row) => ({ ...row, name: text('network {0}', row.number), series: space.series }));
    const shown = [...published.map((row) => ({ ...row, isPublished: true })), ...own];
    const points = shown.map((row) => (
      { x: x.value(row), y: y.value(row), row, label: told(row, x, y), shape: row.isPublished ? PUBLISHED : 0 }
    ));
    if (!points.length) {
      element.replaceChildren();
      return;
    }
    const all = [...shown, ...cloud];
    const most = budget[y.key] < Infinity ? [budget[y.key] / y.unit] : [];
    drawScatter(element, {
      points,
      x: axisOf(x, [...all.map(x.value), budget.macs / x.unit]),
      y: axisOf(y, [...all.map(y.value), ...most]),
      label: text('{0} over {1}; networks within the budget: {2}, published: {3}', y.label, x.label, rows.length,
        published.length),
      behind: (scale) => behind(scale, { x, y, run, points }),
      onChoose,
    });
    element.append(legend(run, space.title));
  }

  Object.assign(window.mmchan, { drawBudget });
})();
