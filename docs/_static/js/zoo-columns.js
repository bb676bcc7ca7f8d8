// What a column of the zoo's tables is: its heading, its value of a row (for sorting) and its text.
'use strict';
window.mmchan ??= {};

(() => {
  const { inUnits, html } = window.mmchan;
  const MILLION = 1e6;
  const BILLION = 1e9;
  const NONE = '–';

  const METRICS = {
    top1: 'Top-1 (%)',
    top5: 'Top-5 (%)',
    box_ap: 'Box AP',
    box_ap50: 'Box AP50',
    box_ap75: 'Box AP75',
    mask_ap: 'Mask AP',
    mask_ap50: 'Mask AP50',
    mask_ap75: 'Mask AP75',
  };
  const LATENCIES = { cpu_ms: 'CPU (ms, batch 1)', v100_ms: 'V100 (ms, batch 64)', m40_ms: 'M40 (ms, batch 64)' };
  const HIDDEN_AT_FIRST = [
    ...['Name', 'Family', 'Evaluated on', 'Resolution', 'Activations (M)', 'Recipe', 'Colour', 'Top-5 (%)'],
    ...['Box AP50', 'Box AP75', 'Mask AP50', 'Mask AP75', 'M40 (ms, batch 64)'],
  ];

  function words(label, key) {
    return { label, value: (row) => row[key], show: (value) => value };
  }

  function scaled(label, key, unit) {
    const show = (value) => inUnits(value, unit);
    return { label, numeric: true, value: (row) => row[key], show, tick: (value) => String(value / unit) };
  }

  function part(label, group, key, show) {
    return { label, numeric: true, value: (row) => row[group]?.[key], show, tick: String };
  }

  const percentage = (key) => (value) => value.toFixed(key.startsWith('top') ? 2 : 1);

  function link(label, key, text) {
    const show = (href, row) => html('a', { href, 'aria-label': `${label} of ${row.name}` }, text);
    return { label, value: (row) => row[key], show };
  }

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
    words('Family', 'family'),
    words('Evaluated on', 'dataset'),
    words('Resolution', 'resolution'),
    scaled('Parameters (M)', 'params', MILLION),
    scaled('MACs (G)', 'macs', BILLION),
    scaled('Activations (M)', 'activations', MILLION),
    ...Object.entries(METRICS).map(([key, label]) => part(label, 'metrics', key, percentage(key))),
    ...Object.entries(LATENCIES).map(([key, label]) => part(label, 'latency', key, String)),
    provenance,
    link('Config', 'config_url', 'config'),
    link('Weights', 'weights', 'weights'),
    link('Log', 'log_url', 'log'),
    words('Colour', 'colour'),
    source,
    { ...words('Recipe', 'recipe'), long: true },
    { ...words('Note', 'note'), long: true },
  ];

  const isEmpty = (value) => value === null || value === undefined;

  /** The columns that some of the rows fill. */
  function columnsOf(rows) {
    return all.filter((column) => rows.some((row) => !isEmpty(column.value(row))));
  }

  /** The labels of the columns that a table opens with. */
  function openingColumns(columns) {
    return columns.map((column) => column.label).filter((label) => !HIDDEN_AT_FIRST.includes(label));
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
    const keys = ['name', 'family', 'variant', 'detector', 'dataset', 'provenance', 'source', 'recipe'];
    const hay = (row) => keys.map((key) => row[key] ?? '').join(' ').toLowerCase();
    return rows.filter((row) => wanted.every((word) => hay(row).includes(word)));
  }

  /** What the axes of the plot can show: cost and latency below, metrics up. */
  function axesOf(rows) {
    const columns = columnsOf(rows);
    const labels = Object.values(METRICS);
    const isCost = (column) => /^(Parameters|MACs|Activations)|\(ms,/.test(column.label);
    return { x: columns.filter(isCost), y: columns.filter((column) => labels.includes(column.label)) };
  }

  /** A family's name as it stands in attributes: 'RegNetX' -> 'regnetx'. */
  const slug = (family) => family.toLowerCase().replace(/[ _]/g, '-');

  Object.assign(window.mmchan, { columnsOf, openingColumns, cell, sorted, matching, axesOf, slug, isEmpty });
})();
