// What is chosen on the zoo's page (task, data set, words, series, sort, axes, columns), and the same as names and
// values of the address. Only what differs from what the page opens with stands in the address.
'use strict';
window.mmchan ??= {};

(() => {
  const { columnsOf, openingColumns, axesOf } = window.mmchan;
  const ALL = 'all';
  const unique = (values) => [...new Set(values)];
  const listed = (words) => (words ? words.split(',').filter(Boolean) : []);

  function mostCommon(values) {
    const times = (value) => values.filter((other) => other === value).length;
    return unique(values).reduce((best, value) => (times(value) > times(best) ? value : best));
  }

  const rowsOn = (rows, dataset) => rows.filter((row) => dataset === ALL || row.dataset === dataset);

  /** What the page opens with for the rows of a task on a data set. */
  function openingFor(rows) {
    const columns = columnsOf(rows);
    const axes = axesOf(rows);
    const y = axes.y.findLast((column) => !column.hidden) ?? axes.y[0]; // masks where there are boxes too
    const first = y ?? columns[0]; // rows without any result have no metric to sort by
    return {
      columns,
      axes,
      x: axes.x.find((column) => column.key === 'macs') ?? axes.x[0],
      y,
      sort: { key: first.key, descending: Boolean(y) },
      visible: null, // the opening columns, but for those that there is no room for
      noRoom: new Set(),
    };
  }

  /** The state that an address tells, `said` by name; what it leaves out is as the page opens. */
  function stateFrom(said, zoo) {
    const tasks = Object.keys(zoo).filter((task) => zoo[task].length);
    const task = tasks.includes(said.get('task')) ? said.get('task') : tasks[0];
    const datasets = unique(zoo[task].map((row) => row.dataset));
    const given = said.get('data');
    const usual = mostCommon(zoo[task].map((row) => row.dataset));
    const dataset = [...datasets, ALL].includes(given) ? given : usual;
    const state = { task, datasets, dataset, usual, ...openingFor(rowsOn(zoo[task], dataset)) };
    const find = (columns, key) => columns.find((column) => column.key === key);
    state.x = find(state.axes.x, said.get('x')) ?? state.x;
    state.y = find(state.axes.y, said.get('y')) ?? state.y;
    const sort = said.get('sort') ?? '';
    const key = sort.replace(/^-/, '');
    if (find(state.columns, key)) state.sort = { key, descending: sort.startsWith('-') };
    const columns = listed(said.get('columns')).filter((one) => find(state.columns, one));
    if (columns.length) state.visible = new Set(columns);
    state.text = said.get('filter') ?? '';
    state.hidden = new Set(listed(said.get('hide')));
    return state;
  }

  /** What the address says of a state. */
  function saidOf(state, zoo) {
    const { task, dataset, usual, sort, x, y, visible, hidden } = state;
    const opening = openingFor(rowsOn(zoo[task], dataset));
    const sorting = ({ key, descending }) => `${descending ? '-' : ''}${key}`;
    const unlessOpening = (value, usually) => (value === usually ? undefined : value);
    return {
      task: unlessOpening(task, Object.keys(zoo).find((one) => zoo[one].length)),
      data: unlessOpening(dataset, usual),
      filter: state.text,
      hide: [...hidden].join(','),
      sort: unlessOpening(sorting(sort), sorting(opening.sort)),
      x: unlessOpening(x?.key, opening.x?.key),
      y: unlessOpening(y?.key, opening.y?.key),
      columns: visible ? [...visible].join(',') : undefined,
    };
  }

  /** The columns that a state shows, the first one always. */
  function shownColumns({ columns, visible }) {
    const keys = visible ?? new Set(openingColumns(columns));
    return columns.filter((column, index) => index === 0 || keys.has(column.key));
  }

  Object.assign(window.mmchan, { ALL_DATASETS: ALL, rowsOn, stateFrom, saidOf, shownColumns });
})();
