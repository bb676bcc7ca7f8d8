// What a column of the zoo's tables is: its key, its heading, its value of a row (for sorting) and what a cell shows.
// Columns of numbers come from window.mmchan.quantities, which mmchan/zoo/quantities.py gives.
'use strict';
window.mmchan ??= {};

(() => {
  const { html, text } = window.mmchan;
  const { costs, metrics, latencies, series } = window.mmchan.quantities;
  const NONE = '–';
  const FIRST = 'variant';
  const HIDDEN = ['name', 'series', 'colour', 'note', 'proposals'];
  // what tells rows apart: below the row's name where it has no column
  const TELLING = ['detector', 'schedule', 'resolution', 'evaluated', 'source', 'recipe', 'links'];
  const LEAST = ['params', 'recipe', 'links', 'source', 'evaluated', 'resolution', 'schedule', 'detector'];

  const isEmpty = (value) => value === null || value === undefined;
  const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);
  const titleOf = (key) => series[key] ?? key;

  /** A number in Python's notation of forms: '.2f', '#.4g' or 'g'. */
  function printed(value, form) {
    const digits = Number(form.replace('#', '').slice(1, -1));
    if (form.endsWith('f')) return value.toFixed(digits);
    return digits ? value.toPrecision(digits) : String(value);
  }

  /** Words that break between them alone, and not at their hyphens. */
  function whole(said) {
    const parts = text(said).split(' ');
    if (!parts.some((word) => word.includes('-'))) return parts.join(' ');
    const unbroken = parts.map((word) => (word.includes('-') ? html('span', { class: 'mm-whole' }, word) : word));
    return html('span', {}, ...unbroken.flatMap((part, index) => (index ? [' ', part] : [part])));
  }

  /** A column of words with a heading; `fields` are others than those of the same name. */
  function words(key, label, fields = {}) {
    const value = (row) => row[key];
    return { key, label, hidden: HIDDEN.includes(key), value, show: (said) => text(said), ...fields };
  }

  /** A column of a quantity; `kind` is 'cost' (an axis below) or 'metric' (an axis at the left). */
  function numeric({ key, heading, axis, form, main }, kind, value) {
    const [label, title] = [text(capital(heading)), text(capital(axis))];
    const show = (number) => printed(number, form);
    return { key, kind, label, axis: title, numeric: true, hidden: !main, value, show };
  }

  const cost = (one) => numeric(one, 'cost', (row) => (isEmpty(row[one.key]) ? null : row[one.key] / one.unit));
  const metric = (one) => numeric(one, 'metric', (row) => row.metrics[one.key]);

  function latency(one) {
    const fields = Object.entries(one.setting);
    const isMeant = (measured) => fields.every(([name, value]) => measured[name] === value);
    return { ...numeric(one, 'cost', (row) => row.latencies.find(isMeant)?.ms), isLatency: true };
  }

  function badge(provenance) {
    return html('span', { class: 'mm-badge', 'data-provenance': provenance }, text(provenance));
  }

  const source = words('source', text('Source'), {
    value: (row) => (row.provenance ? `${row.provenance}: ${text(row.source)}` : null),
    show: (_, row) => {
      const name = text(row.source);
      const said = row.source_url ? html('a', { href: row.source_url }, name) : name;
      return html('span', {}, badge(row.provenance), ' ', said);
    },
  });

  const TARGETS = { config_url: text('config'), weights: text('weights'), log_url: text('log') };
  const targetsOf = (row) => Object.keys(TARGETS).filter((key) => row[key]);
  const links = words('links', text('Links'), {
    value: (row) => targetsOf(row).map((key) => TARGETS[key]).join(' ') || null,
    show: (_, row) => {
      const made = targetsOf(row).map((key) => {
        const label = text('{0} of {1}', TARGETS[key], row.name);
        return html('a', { href: row[key], 'aria-label': label }, TARGETS[key]);
      });
      return html('span', {}, ...made.flatMap((one, index) => (index ? [' ', one] : [one])));
    },
  });

  const evaluatedOn = (row) => [row.dataset, row.split].filter(Boolean).join(' ');

  const all = [
    words(FIRST, text('Variant'), {
      show: (value, row) => (row.model_url ? html('a', { href: row.model_url }, value) : value),
    }),
    words('name', text('Name'), { show: (value) => value }),
    words('detector', text('Detector'), { show: whole }),
    words('series', text('Series'), { show: titleOf }),
    words('schedule', text('Schedule'), { show: whole }),
    words('resolution', text('Resolution')),
    words('evaluated', text('Evaluated on'), { value: evaluatedOn, show: whole }),
    ...costs.map(cost),
    words('proposals', text('Proposals'), { numeric: true, show: String }),
    ...metrics.map(metric),
    ...latencies.map(latency),
    source,
    links,
    words('colour', text('Colour')),
    words('recipe', text('Recipe'), { long: true }),
    words('note', text('Note'), { long: true }),
  ];

  /** The columns that some of the rows fill. */
  function columnsOf(rows) {
    return all.filter((column) => rows.some((row) => !isEmpty(column.value(row))));
  }

  /** The keys of the columns that a table opens with, where there is room. */
  function openingColumns(columns) {
    return columns.filter((column) => !column.hidden).map((column) => column.key);
  }

  /** The keys of columns in the order in which they go where there is no room for all. */
  function leastColumns(columns) {
    const keys = (some) => some.map((column) => column.key);
    const measured = keys(columns.filter((column) => column.isLatency)).reverse();
    const metrics = keys(columns.filter((column) => column.kind === 'metric' && !column.hidden));
    return [...measured, ...LEAST, ...metrics.slice(0, -1)];
  }

  /** What a cell of a row shows: a text or an element. */
  function cell(column, row) {
    const value = column.value(row);
    return isEmpty(value) ? NONE : column.show(value, row);
  }

  /** What tells a row apart and has no column among `columns`: texts and elements. */
  function details(columns, row) {
    const shown = columns.map((column) => column.key);
    const others = all.filter(({ key }) => TELLING.includes(key) && !shown.includes(key));
    return others.filter((column) => !isEmpty(column.value(row))).map((column) => cell(column, row));
  }

  /** Rows in the order of a column; those without a value stay last. */
  function sorted(rows, column, descending) {
    const collator = new Intl.Collator('en', { numeric: true });
    const sign = descending ? -1 : 1;
    const compare = (a, b) => (column.numeric ? a - b : collator.compare(a, b));
    const filled = rows.filter((row) => !isEmpty(column.value(row)));
    const empty = rows.filter((row) => isEmpty(column.value(row)));
    filled.sort((a, b) => sign * compare(column.value(a), column.value(b)));
    return [...filled, ...empty];
  }

  /** What the axes of the plot can show: cost and latency below, metrics up. */
  function axesOf(rows) {
    const columns = columnsOf(rows);
    const ofKind = (kind) => columns.filter((column) => column.kind === kind);
    return { x: ofKind('cost'), y: ofKind('metric') };
  }

  Object.assign(window.mmchan, { columnsOf, openingColumns, leastColumns, cell, details, sorted, axesOf });
  Object.assign(window.mmchan, { titleOf, isEmpty, evaluatedOn });
})();
