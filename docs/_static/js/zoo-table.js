// The zoo's table: a heading is a button that sorts, a row can be reached from the plot.
'use strict';
window.mmchan ??= {};

(() => {
  const { html, cell } = window.mmchan;

  function heading(column, sort, onSort) {
    const sortedBy = sort.label === column.label;
    const order = sort.descending ? 'descending' : 'ascending';
    const button = html('button', { type: 'button', class: 'mm-sort' }, column.label);
    button.addEventListener('click', () => onSort(column.label));
    const attributes = { scope: 'col', class: !column.numeric && 'mm-text', 'aria-sort': sortedBy ? order : 'none' };
    return html('th', attributes, button);
  }

  function tableRow(columns, row) {
    const cells = columns.map((column, index) => {
      const content = cell(column, row);
      if (index === 0) return html('th', { scope: 'row' }, html('span', { class: 'mm-dot' }), content);
      const kind = column.long ? 'mm-text mm-long' : !column.numeric && 'mm-text';
      return html('td', { class: kind }, content);
    });
    const names = { id: rowId(row), 'data-series': row.series, class: row.baseline && 'mm-baseline' };
    return html('tr', { tabindex: '-1', ...names }, ...cells);
  }

  const rowId = (row) => `row-${row.name}`;

  /** Draw the table into `element`; `sort` is {label, descending}, `onSort` gets a label. */
  function drawTable(element, { columns, rows, sort, caption, onSort }) {
    const focused = document.activeElement?.closest('th')?.textContent;
    const headings = columns.map((column) => heading(column, sort, onSort));
    const head = html('thead', {}, html('tr', {}, ...headings));
    const body = html('tbody', {}, ...rows.map((row) => tableRow(columns, row)));
    element.replaceChildren(html('table', { class: 'mm-table' }, html('caption', {}, caption), head, body));
    headings.find((one) => one.textContent === focused)?.firstChild.focus();
  }

  /** Show a row, and move the focus to it. */
  function goToRow(row) {
    const element = document.getElementById(rowId(row));
    document.querySelectorAll('.mm-chosen').forEach((one) => one.classList.remove('mm-chosen'));
    element.classList.add('mm-chosen');
    element.scrollIntoView({ block: 'center' });
    element.focus({ preventScroll: true });
  }

  Object.assign(window.mmchan, { drawTable, goToRow });
})();
