// The zoo's plot: a metric against a cost (logarithmic), with the Pareto front of what is shown.
'use strict';
window.mmchan ??= {};

(() => {
  const { svg, html, ticks, logTicks, isEmpty, drawScatter } = window.mmchan;

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

  /** Draw rows into `element`; x and y are columns, `onChoose` gets the row of a point that is clicked. */
  function drawPlot(element, { rows, x, y, onChoose }) {
    const found = pointsOf(rows, x, y);
    if (!found.length) {
      element.replaceChildren(html('p', { class: 'mm-note' }, `No row shown has both ${x.label} and ${y.label}.`));
      return;
    }
    drawScatter(element, {
      points: found.map((point) => ({ ...point, label: describe(point, x, y), hollow: point.row.baseline })),
      x: { axis: x.axis, ticks: logTicks, along: Math.log },
      y: { axis: y.axis, ticks: (low, high) => ticks(low, high, 6) },
      label: `${y.label} over ${x.label}: ${found.length} networks`,
      behind: (scale) => [stair(paretoFront(found), scale)],
      onChoose,
    });
  }

  Object.assign(window.mmchan, { drawPlot, paretoFront });
})();
