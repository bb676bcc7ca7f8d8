// What the zoo's plot draws through its points, by the rules of mmchan/zoo/charts.py: a front for all results that
// compare with each other, and lines that join the networks of a series.
'use strict';
window.mmchan ??= {};

(() => {
  const ascending = (a, b) => a.x - b.x || b.y - a.y;

  function groups(points, key) {
    const found = new Map();
    for (const point of points) found.set(key(point), [...(found.get(key(point)) ?? []), point]);
    return found;
  }

  const groupOf = ({ row }) => `${row.series}\t${row.detector ?? ''}`;

  /** The points that no other beats: none costs less and is at least as good. */
  function paretoFront(points) {
    const front = [];
    for (const point of [...points].sort(ascending)) {
      if (!front.length || point.y > front.at(-1).y) front.push(point);
    }
    return front;
  }

  /** The fronts of points that compare, {title, points}; those quoted for comparison have no part in them. */
  function frontsOf(points) {
    const alike = groups(points.filter((point) => !point.hollow), ({ row }) => row.compares);
    const titles = [...alike.keys()].sort();
    const fronts = titles.map((title) => ({ title, points: paretoFront(alike.get(title)) }));
    return fronts.filter((front) => front.points.length > 1);
  }

  /** The best points of every network, those of one group that compare in a line. */
  function linesOf(points) {
    const best = (some) => some.reduce((a, b) => (b.y > a.y ? b : a));
    const lines = [...groups(points, (point) => `${groupOf(point)}\t${point.row.compares}`).values()].map((some) => {
      const networks = groups(some, ({ row }) => row.variant);
      return [...networks.values()].map(best).sort(ascending);
    });
    return lines.filter((line) => line.length > 1);
  }

  /** The corners of a front: level up to the next cost, then up. */
  function stair(front) {
    return front.flatMap((point, index) => {
      const before = front[index - 1];
      return before ? [{ x: point.x, y: before.y }, point] : [point];
    });
  }

  Object.assign(window.mmchan, { frontsOf, linesOf, stair, groupOf });
})();
