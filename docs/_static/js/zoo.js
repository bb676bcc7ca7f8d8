// The model zoo's page: what is chosen (task, data set, series, words, columns, axes) and what follows.
'use strict';

(() => {
  const { html, titleOf, columnsOf, openingColumns, sorted, matching, axesOf } = window.mmchan;
  const { drawTable, drawPlot, goToRow } = window.mmchan;
  const ALL = 'all data sets';
  const zoo = window.mmchan.zoo; // task -> rows
  const titles = window.mmchan.quantities.tasks;
  const state = {};
  const part = (name) => document.querySelector(`#zoo [data-part="${name}"]`);
  const unique = (values) => [...new Set(values)];

  function mostCommon(values) {
    const times = (value) => values.filter((other) => other === value).length;
    return unique(values).reduce((best, value) => (times(value) > times(best) ? value : best));
  }

  const ofTask = () => zoo[state.task];
  const ofDataset = () => ofTask().filter((row) => state.dataset === ALL || row.dataset === state.dataset);
  const shown = () => matching(ofDataset(), state.text).filter((row) => !state.hidden.has(row.series));

  function chooseTask(task) {
    state.task = task;
    state.text = '';
    state.hidden = new Set();
    part('filter').value = '';
    for (const button of part('tasks').children) {
      button.setAttribute('aria-pressed', String(button.dataset.task === task));
    }
    for (const format of ['csv', 'json']) part(format).href = `_static/zoo/${task}.${format}`;
    chooseDataset(mostCommon(ofTask().map((row) => row.dataset)));
  }

  function chooseDataset(dataset) {
    state.dataset = dataset;
    const rows = ofDataset();
    state.columns = columnsOf(rows);
    state.visible = new Set(openingColumns(state.columns));
    state.axes = axesOf(rows);
    state.y = state.axes.y[0];
    state.x = state.axes.x.find((column) => column.key === 'macs') ?? state.axes.x[0];
    const first = state.y ?? state.columns[0]; // rows without any result have no metric to sort by
    state.sort = { label: first.label, descending: Boolean(state.y) };
    const names = unique(ofTask().map((row) => row.dataset));
    fillSelect('dataset', names.length > 1 ? [...names, ALL] : names, dataset);
    fillSelect('x', state.axes.x.map((column) => column.label), state.x?.label);
    fillSelect('y', state.axes.y.map((column) => column.label), state.y?.label);
    showSeries();
    showColumns();
    update();
  }

  function fillSelect(name, values, chosen) {
    part(name).replaceChildren(...values.map((value) => html('option', { value }, value)));
    part(name).value = chosen;
  }

  function showSeries() {
    const present = unique(ofDataset().map((row) => row.series)).sort();
    part('series').replaceChildren(...present.map((series) => {
      const attributes = { type: 'button', class: 'mm-toggle', 'data-series': series };
      const button = html('button', attributes, titleOf(series));
      button.setAttribute('aria-pressed', String(!state.hidden.has(series)));
      button.addEventListener('click', () => toggleSeries(series, button));
      return button;
    }));
  }

  function toggleSeries(series, button) {
    const hide = !state.hidden.has(series);
    if (hide) state.hidden.add(series);
    else state.hidden.delete(series);
    button.setAttribute('aria-pressed', String(!hide));
    update();
  }

  function showColumns() {
    part('columns').replaceChildren(...state.columns.slice(1).map((column) => {
      const box = html('input', { type: 'checkbox', checked: state.visible.has(column.label) });
      box.addEventListener('change', () => {
        if (box.checked) state.visible.add(column.label);
        else state.visible.delete(column.label);
        update();
      });
      return html('label', {}, box, ` ${column.label}`);
    }));
  }

  function sortBy(label) {
    const again = state.sort.label === label;
    const numeric = state.columns.find((column) => column.label === label).numeric;
    state.sort = { label, descending: again ? !state.sort.descending : Boolean(numeric) };
    update();
  }

  /** Why there is nothing to plot; empty where there is. */
  function whyNoPlot(rows) {
    if (unique(rows.map((row) => row.dataset)).length > 1) {
      return 'Results on different data sets do not compare: choose one to plot it.';
    }
    return state.x && state.y ? '' : 'No results are known.';
  }

  function showPlot(rows) {
    const reason = whyNoPlot(rows);
    part('plot-note').textContent = reason;
    if (reason) part('plot').replaceChildren();
    else drawPlot(part('plot'), { rows, x: state.x, y: state.y, onChoose: goToRow });
  }

  function update() {
    const column = state.columns.find((one) => one.label === state.sort.label);
    const rows = sorted(shown(), column, state.sort.descending);
    const columns = state.columns.filter((one, index) => index === 0 || state.visible.has(one.label));
    part('count').textContent = `${rows.length} of ${ofDataset().length} rows`;
    const caption = `${titles[state.task]}: ${state.dataset}`;
    drawTable(part('table'), { columns, rows, sort: state.sort, caption, onSort: sortBy });
    showPlot(rows);
  }

  function listen() {
    part('filter').addEventListener('input', (event) => { state.text = event.target.value; update(); });
    part('dataset').addEventListener('change', (event) => chooseDataset(event.target.value));
    window.addEventListener('resize', () => showPlot(shown()));
    for (const axis of ['x', 'y']) {
      part(axis).addEventListener('change', (event) => {
        state[axis] = state.axes[axis].find((column) => column.label === event.target.value);
        update();
      });
    }
  }

  function start() {
    const tasks = Object.keys(zoo).filter((task) => zoo[task].length);
    for (const task of tasks) {
      const attributes = { type: 'button', class: 'mm-toggle', 'data-series': 'all', 'data-task': task };
      const button = html('button', attributes, titles[task]);
      button.addEventListener('click', () => chooseTask(task));
      part('tasks').append(button);
    }
    listen();
    document.querySelector('#zoo').hidden = false;
    chooseTask(tasks[0]);
  }

  document.addEventListener('DOMContentLoaded', start);
})();
