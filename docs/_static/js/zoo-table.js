// The zoo's table: a heading is a button that sorts, a row can be reached from the plot. What tells rows apart and has
// no column stands below the row's name.
'use strict';
window.mmchan ??= {};

(() => {
  const { html, cell, details } = window.mmchan;

  function heading(column, sort, onSort) {
    const sortedBy = sort.key === column.key;
    const order = sort.descending ? 'descending' : 'ascending';
    const button = html('button', { type: 'button', class: 'mm-sort' }, column.label);
    button.addEventListener('click', () => onSort(column.key));
    const attributes = { scope: 'col', class: !column.numeric && 'mm-text', 'aria-sort': sortedBy ? order : 'none' };
    return html('th', attributes, button);
  }

  function tableRow(columns, row) {
    const cells = columns.map((column, index) => {
      if (index === 0) return firstCell(columns, row);
      const kind = column.long ? 'mm-text mm-long' : !column.numeric && 'mm-text';
      return html('td', { class: kind, 'data-key': column.key }, cell(column, row));
    });
    const names = { id: rowId(row), 'data-series': row.series, class: row.baseline && 'mm-baseline' };
    return html('tr', { tabindex: '-1', ...names }, ...cells);
  }

  function firstCell(columns, row) {
    const more = details(columns, row).map((one) => html('span', {}, one));
    const told = more.length ? [html('div', { class: 'mm-details' }, ...more)] : [];
    const name = html('span', { class: 'mm-variant' }, html('span', { class: 'mm-dot' }), cell(columns[0], row));
    return html('th', { scope: 'row' }, name, ...told);
  }

  const rowId = (row) => `row-${row.name}`;

  /** Draw the table into `element`; `sort` is {key, descending}, `onSort` gets a key. */
  function drawTable(element, { columns, rows, sort, caption, onSort }) {
    const focused = document.activeElement?.closest('th')?.textContent;
    const chosen = element.querySelector('.mm-chosen')?.id;
    const headings = columns.map((column) => heading(column, sort, onSort));
    const head = html('thead', {}, html('tr', {}, ...headings));
    const body = html('tbody', {}, ...rows.map((row) => tableRow(columns, row)));
    element.replaceChildren(html('table', { class: 'mm-table' }, html('caption', {}, caption), head, body));
    headings.find((one) => one.textContent === focused)?.firstChild.focus({ preventScroll: true });
    if (chosen) document.getElementById(chosen)?.classList.add('mm-chosen');
  }

  /** Whether the table is wider than its place. */
  const isTooWide = (element) => element.firstChild.scrollWidth > element.clientWidth;

  /** Mark a row. */
  function markRow(row) {
    const element = document.getElementById(rowId(row));
    document.querySelectorAll('.mm-chosen').forEach((one) => one.classList.remove('mm-chosen'));
    element.classList.add('mm-chosen');
    return element;
  }

  /** Show a row, and move the focus to it. */
  function goToRow(row) {
    const element = markRow(row);
    element.scrollIntoView({ block: 'center' });
    element.focus({ preventScroll: true });
  }

  Object.assign(window.mmchan, { drawTable, isTooWide, markRow, goToRow });
})();
