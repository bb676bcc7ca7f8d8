// Which rows of the zoo hold the words that a person types: names come first, then all else that a row says.
'use strict';
window.mmchan ??= {};

(() => {
  const { titleOf, evaluatedOn } = window.mmchan;

  /** As names are compared: lower case, hyphens for underscores; rexnet-1x is rexnet-1.0x. */
  const plain = (words) => words.toLowerCase().replaceAll('_', '-').replace(/-(\d+)x\b/g, '-$1.0x');

  function namesOf(row) {
    return plain([row.variant, row.detector, titleOf(row.series), row.series].filter(Boolean).join(' '));
  }

  function told(row) {
    const keys = ['name', 'schedule', 'resolution', 'provenance', 'source', 'recipe'];
    return plain([evaluatedOn(row), ...keys.map((key) => row[key] ?? '')].join(' '));
  }

  /** Whether a part of the names, between spaces and hyphens, begins with a word. */
  const begins = (names, word) => ` ${names}`.includes(` ${word}`) || names.includes(`-${word}`);

  /** The rows that hold a word: in their names, or anywhere where no row has it in its names. */
  function holding(rows, word) {
    const named = rows.filter((row) => begins(namesOf(row), word));
    return named.length ? named : rows.filter((row) => `${namesOf(row)} ${told(row)}`.includes(word));
  }

  /** The rows that hold every word of a text. */
  function matching(rows, typed) {
    const words = plain(typed).split(/\s+/).filter(Boolean);
    const held = words.map((word) => new Set(holding(rows, word)));
    return rows.filter((row) => held.every((some) => some.has(row)));
  }

  Object.assign(window.mmchan, { matching });
})();
