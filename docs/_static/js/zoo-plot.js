// The zoo's plot: a metric against a cost (logarithmic). The picture is that of `mmchan zoo plot`: all rows as points,
// a front for those that compare, lines that join the networks of a series, names along the fronts, a legend.
'use strict';
window.mmchan ??= {};

(() => {
  const { svg, html, text, ticks, logTicks, isEmpty, titleOf, evaluatedOn, drawScatter, markAt } = window.mmchan;
  const { frontsOf, linesOf, stair, groupOf, placeLabels } = window.mmchan;
  const ROOM = 0.02; // above and below the points, as a share of what they span
  const PATTERNS = 4; // of dashes, as zoo.css has them

  function pointsOf(rows, { x, y, groups }) {
    const both = rows.filter((row) => x.value(row) > 0 && !isEmpty(y.value(row)));
    const points = both.map((row) => ({ row, x: x.value(row), y: y.value(row), hollow: row.baseline }));
    for (const point of points) {
      point.shape = groups.indexOf(groupOf(point));
      point.label = describe(point, x, y);
    }
    return points.sort((a, b) => a.x - b.x || b.y - a.y);
  }

  /** The groups of rows that are drawn with a mark of their own: those of one series and detector. */
  function groupsOf(rows, { x, y }) {
    const both = rows.filter((row) => x.value(row) > 0 && !isEmpty(y.value(row)));
    return [...new Set(both.map((row) => groupOf({ row })))].sort();
  }

  function describe(point, x, y) {
    const { variant, detector, schedule, resolution, provenance, source } = point.row;
    const network = [variant, detector].filter(Boolean).join(', ');
    const numbers = [y.label, y.show(point.y), x.label, x.show(point.x)];
    const comma = text(', ');
    const how = [schedule, resolution, evaluatedOn(point.row)].filter(Boolean).map((words) => text(words)).join(comma);
    return text('{0}: {1} {2}, {3} {4} ({5}: {6}; {7})', network, ...numbers, text(provenance), text(source), how);
  }

  /** Ticks that leave room above and below the points: none lies on the frame. */
  function roomyTicks(low, high) {
    const room = (high - low) * ROOM || 0.5;
    return ticks(low - room, high + room, 6);
  }

  function polyline(places, attributes) {
    return svg('polyline', { ...attributes, points: places.map(({ x, y }) => `${x},${y}`).join(' ') });
  }

  /** What lies behind the points: fronts, lines and names. */
  function behind(points, fronts, scale) {
    const at = ({ x, y }) => ({ x: scale.x(x), y: scale.y(y) });
    const lines = linesOf(points);
    const drawnFronts = fronts.map((front, index) => polyline(stair(front.points).map(at), {
      class: 'mm-front', 'data-pattern': index % PATTERNS, 'data-title': front.title,
    }));
    const drawnLines = lines.map((line) => {
      return polyline(line.map(at), { class: 'mm-series', 'data-series': line[0].row.series });
    });
    const best = fronts.length ? fronts.flatMap((front) => front.points) : points;
    const marked = (point) => ({ ...at(point), key: `${groupOf(point)}\t${point.row.variant}` });
    const labels = placeLabels({
      wanted: best.map((point) => ({ place: marked(point), name: point.row.variant, group: groupOf(point) })),
      marks: points.map(marked),
      lines: [...fronts.map((front) => stair(front.points)), ...lines].map((line) => line.map(at)),
      frame: scale.frame,
    });
    return [...drawnFronts, ...drawnLines, ...labels];
  }

  function sample(...drawn) {
    return svg('svg', { viewBox: '0 0 28 12', class: 'mm-sample', 'aria-hidden': 'true' }, ...drawn);
  }

  function legend(points, fronts, groups) {
    const ofFronts = fronts.map(({ title }, index) => {
      const line = svg('line', { class: 'mm-front', 'data-pattern': index % PATTERNS, x1: 0, x2: 28, y1: 6, y2: 6 });
      return html('li', {}, sample(line), text('front: {0}', text(title)));
    });
    const shown = groups.filter((group) => points.some((point) => groupOf(point) === group));
    const ofGroups = shown.map((group) => {
      const some = points.filter((point) => groupOf(point) === group);
      const { series, detector } = some[0].row;
      const hollow = some.every((point) => point.hollow) && 'mm-baseline';
      const mark = sample(markAt({ x: 14, y: 6 }, groups.indexOf(group)));
      return html('li', { 'data-series': series, class: hollow }, mark,
        [titleOf(series), detector].filter(Boolean).join(', '));
    });
    return html('ul', { class: 'mm-legend' }, ...ofFronts, ...ofGroups);
  }

  /**
   * Draw rows into `element`; x and y are columns, `all` the rows that give each group its mark; `onChoose` gets the
   * row of a point that is clicked, and whether it was touched for the first time.
   */
  function drawPlot(element, { rows, all, x, y, onChoose }) {
    const groups = groupsOf(all, { x, y });
    const found = pointsOf(rows, { x, y, groups });
    if (!found.length) {
      const said = text('No row shown has both {0} and {1}.', x.label, y.label);
      element.replaceChildren(html('p', { class: 'mm-note' }, said));
      return;
    }
    const fronts = frontsOf(found);
    drawScatter(element, {
      points: found,
      x: { axis: x.axis, ticks: logTicks, along: Math.log },
      y: { axis: y.axis, ticks: roomyTicks },
      label: text('{0} over {1}: {2} results', y.label, x.label, found.length),
      behind: (scale) => behind(found, fronts, scale),
      onChoose,
    });
    element.append(legend(found, fronts, groups));
  }

  Object.assign(window.mmchan, { drawPlot });
})();
