// What a column of the zoo's tables is: its heading, its value of a row (for sorting) and its text. Columns of
// numbers come from window.mmchan.quantities, which mmchan/zoo/quantities.py gives.
'use strict';
window.mmchan ??= {};

(() => {
  const { html } = window.mmchan;
  const { costs, metrics, latencies, series } = window.mmchan.quantities;
  const NONE = '–';
  const HIDDEN_AT_FIRST = ['Name', 'Series', 'Evaluated on', 'Resolution', 'Recipe', 'Colour'];

  const isEmpty = (value) => value === null || value === undefined;
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

  /** A number in Python's notation of forms: '.2f', '.4g' or 'g'. */
  function printed(value, form) {
    const digits = Number(form.slice(1, -1));
    if (form.endsWith('f')) return value.toFixed(digits);
    return String(digits ? Number(value.toPrecision(digits)) : value);
  }

  function words(label, key) {
    return { label, hidden: HIDDEN_AT_FIRST.includes(label), value: (row) => row[key], show: (value) => value };
  }

  /** A column of a quantity; `kind` is 'cost' (an axis below) or 'metric' (an axis at the left). */
  function numeric({ key, heading, axis, form, main }, kind, value) {
    const show = (number) => printed(number, form);
    return { key, kind, label: capital(heading), axis: capital(axis), numeric: true, hidden: !main, value, show };
  }

  const cost = (one) => numeric(one, 'cost', (row) => (isEmpty(row[one.key]) ? null : row[one.key] / one.unit));
  const metric = (one) => numeric(one, 'metric', (row) => row.metrics[one.key]);

  function latency(one) {
    const fields = Object.entries(one.setting);
    const isMeant = (measured) => fields.every(([name, value]) => measured[name] === value);
    return numeric(one, 'cost', (row) => row.latencies.find(isMeant)?.ms);
  }

  function link(label, key, text) {
    const show = (href, row) => html('a', { href, 'aria-label': `${label} of ${row.name}` }, text);
    return { label, value: (row) => row[key], show };
  }

  const titleOf = (key) => series[key] ?? key;
  const seriesColumn = { ...words('Series', 'series'), show: titleOf };
  const proposals = { label: 'Proposals', numeric: true, value: (row) => row.proposals, show: String };
  const provenance = {
    label: 'Provenance',
    value: (row) => row.provenance,
    show: (value) => html('span', { class: 'mm-badge', 'data-provenance': value }, value),
  };
  const source = {
    label: 'Source',
    value: (row) => row.source,
    show: (value, row) => (row.source_url ? html('a', { href: row.source_url }, value) : value),
  };

  const all = [
    words('Variant', 'variant'),
    words('Name', 'name'),
    words('Detector', 'detector'),
    seriesColumn,
    words('Evaluated on', 'dataset'),
    words('Resolution', 'resolution'),
    ...costs.map(cost),
    proposals,
    ...metrics.map(metric),
    ...latencies.map(latency),
    provenance,
    link('Config', 'config_url', 'config'),
    link('Weights', 'weights', 'weights'),
    link('Log', 'log_url', 'log'),
    words('Colour', 'colour'),
    source,
    { ...words('Recipe', 'recipe'), long: true },
    { ...words('Note', 'note'), long: true },
  ];

  /** The columns that some of the rows fill. */
  function columnsOf(rows) {
    return all.filter((column) => rows.some((row) => !isEmpty(column.value(row))));
  }

  /** The labels of the columns that a table opens with. */
  function openingColumns(columns) {
    return columns.filter((column) => !column.hidden).map((column) => column.label);
  }

  /** Text or element of a row's cell. */
  function cell(column, row) {
    const value = column.value(row);
    return isEmpty(value) ? NONE : column.show(value, row);
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

  /** The rows whose visible words hold every word of the text. */
  function matching(rows, text) {
    const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
    const keys = ['name', 'series', 'variant', 'detector', 'dataset', 'provenance', 'source', 'recipe'];
    const told = (row) => [...keys.map((key) => row[key] ?? ''), titleOf(row.series)];
    const hay = (row) => told(row).join(' ').toLowerCase();
    return rows.filter((row) => wanted.every((word) => hay(row).includes(word)));
  }

  /** What the axes of the plot can show: cost and latency below, metrics up. */
  function axesOf(rows) {
    const columns = columnsOf(rows);
    const ofKind = (kind) => columns.filter((column) => column.kind === kind);
    return { x: ofKind('cost'), y: ofKind('metric') };
  }

  Object.assign(window.mmchan, { columnsOf, openingColumns, cell, sorted, matching, axesOf, titleOf, isEmpty });
})();
