// Names beside points, where there is room: no line strikes through one, and none covers a mark or another name or is
// nearer to another mark. The rules are those of mmchan/drawing/labels.py.
'use strict';
window.mmchan ??= {};

(() => {
  const { svg } = window.mmchan;
  const HEIGHT = 12;
  const BY_LETTER = 6.1; // the width of a letter: text that is not drawn yet cannot be measured
  const MARK = 6; // half the side of a mark
  const NEARER = 3; // how much nearer a name is to its mark than to anything else
  // where a name may stand: offset of its corner or middle from the point, and which part of it that is
  const PLACES = [
    [-8, -5, 1, 1], [9, 5, 0, 0], [0, -10, 0.5, 1], [10, 0, 0, 0.5], [0, 10, 0.5, 0], [-10, 0, 1, 0.5],
  ];

  function boxAt(place, width, [dx, dy, across, along]) {
    const left = place.x + dx - width * across;
    const top = place.y + dy - HEIGHT * along;
    return { left, right: left + width, top, bottom: top + HEIGHT };
  }

  /** The box of a mark; `key` tells whose it is. */
  const around = ({ x, y, key }) => ({ left: x - MARK, right: x + MARK, top: y - MARK, bottom: y + MARK, key });

  /** The distance between two boxes; 0 where they touch. */
  function gap(a, b) {
    const across = Math.max(b.left - a.right, a.left - b.right, 0);
    const along = Math.max(b.top - a.bottom, a.top - b.bottom, 0);
    return Math.hypot(across, along);
  }

  /** Whether a segment passes through a box: what is left of it between the four sides. */
  function strikes([a, b], box) {
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const sides = [[-dx, a.x - box.left], [dx, box.right - a.x], [-dy, a.y - box.top], [dy, box.bottom - a.y]];
    let [from, to] = [0, 1];
    for (const [slope, room] of sides) {
      if (slope === 0 && room < 0) return false;
      if (slope < 0) from = Math.max(from, room / slope);
      if (slope > 0) to = Math.min(to, room / slope);
    }
    return from <= to;
  }

  const within = (box, frame) =>
    box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;

  function isFree(box, own, { segments, taken, frame }) {
    const least = gap(box, own) + NEARER;
    const isOwn = (other) => (other.left === own.left && other.top === own.top) || (own.key && other.key === own.key);
    const clear = taken.every((other) => gap(box, other) > 0 && (isOwn(other) || gap(box, other) >= least));
    return within(box, frame) && clear && !segments.some((segment) => strikes(segment, box));
  }

  const segmentsOf = (line) => line.slice(1).map((place, index) => [line[index], place]);

  /**
   * Names as text elements; those in a crowd have none.
   *
   * `wanted` are {place, name, group}, each named once per group; `marks` the places of all points, those of one
   * network with the same `key`; `lines` lists of places that are joined; `frame` the box of the plot.
   */
  function placeLabels({ wanted, marks, lines, frame }) {
    const drawn = { segments: lines.flatMap(segmentsOf), taken: marks.map(around), frame };
    const named = new Set();
    const labels = [];
    for (const { place, name, group } of wanted) {
      const key = `${group}\t${name}`;
      const boxes = PLACES.map((offset) => boxAt(place, name.length * BY_LETTER, offset));
      const box = !named.has(key) && boxes.find((one) => isFree(one, around(place), drawn));
      if (!box) continue;
      named.add(key);
      drawn.taken.push(box);
      const at = { x: (box.left + box.right) / 2, y: box.bottom - 3, 'text-anchor': 'middle' };
      labels.push(svg('text', { class: 'mm-label', ...at }, name));
    }
    return labels;
  }

  Object.assign(window.mmchan, { placeLabels });
})();
