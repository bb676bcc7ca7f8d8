// The model zoo's page: the controls, and what follows from what they choose.
'use strict';

(() => {
  const { html, text, address, titleOf, leastColumns, sorted, matching } = window.mmchan;
  const { ALL_DATASETS, rowsOn, stateFrom, saidOf, shownColumns } = window.mmchan;
  const { drawTable, isTooWide, markRow, goToRow, drawPlot } = window.mmchan;
  const TAB = 'zoo'; // the page's name in the address
  const zoo = window.mmchan.zoo; // task -> rows
  const titles = window.mmchan.quantities.tasks;
  let state = {};
  const part = (name) => document.querySelector(`#zoo [data-part="${name}"]`);
  const unique = (values) => [...new Set(values)];
  const nameOf = (dataset) => (dataset === ALL_DATASETS ? text('all data sets') : text(dataset));

  const ofDataset = () => rowsOn(zoo[state.task], state.dataset);
  const shown = () => matching(ofDataset(), state.text).filter((row) => !state.hidden.has(row.series));

  /** Show what the address says, or what `said` does. */
  function open(said) {
    state = stateFrom(said, zoo);
    part('filter').value = state.text;
    for (const button of part('tasks').children) {
      button.setAttribute('aria-pressed', String(button.dataset.task === state.task));
    }
    for (const format of ['csv', 'json']) part(format).href = `_static/zoo/${state.task}.${format}`;
    const datasets = state.datasets.length > 1 ? [...state.datasets, ALL_DATASETS] : state.datasets;
    fillSelect('dataset', datasets.map((name) => [name, nameOf(name)]), state.dataset);
    for (const axis of ['x', 'y']) {
      fillSelect(axis, state.axes[axis].map(({ key, label }) => [key, label]), state[axis]?.key);
    }
    showSeries();
    showChooser();
    update();
  }

  const openWith = (values) => open(new URLSearchParams(values));

  function fillSelect(name, options, chosen) {
    part(name).replaceChildren(...options.map(([value, label]) => html('option', { value }, label)));
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

  function showChooser() {
    part('columns').replaceChildren(...state.columns.slice(1).map(({ key, label }) => {
      const box = html('input', { type: 'checkbox', value: key });
      box.addEventListener('change', () => chooseColumn(key, box.checked));
      return html('label', {}, box, ` ${label}`);
    }));
  }

  function chooseColumn(key, isWanted) {
    const others = state.drawn.filter((one) => one !== key);
    state.visible = new Set(isWanted ? [...others, key] : others);
    update();
  }

  function sortBy(key) {
    const again = state.sort.key === key;
    const { numeric } = state.columns.find((column) => column.key === key);
    state.sort = { key, descending: again ? !state.sort.descending : Boolean(numeric) };
    update();
  }

  function showTable(rows) {
    const caption = text('{0}: {1}', text(titles[state.task]), nameOf(state.dataset));
    const drawWith = (columns) => {
      drawTable(part('table'), { columns, rows, sort: state.sort, caption, onSort: sortBy });
      state.drawn = columns.map((column) => column.key);
    };
    const fitting = () => shownColumns(state).filter(({ key }) => state.visible || !state.noRoom.has(key));
    drawWith(fitting());
    for (const key of state.visible ? [] : leastColumns(state.columns)) { // what has no room stands below the names
      if (!isTooWide(part('table'))) break;
      state.noRoom.add(key);
      if (state.drawn.includes(key)) drawWith(fitting());
    }
    part('table').classList.toggle('mm-overflows', isTooWide(part('table')));
    for (const box of part('columns').querySelectorAll('input')) box.checked = state.drawn.includes(box.value);
  }

  /** Why there is nothing to plot; empty where there is. */
  function whyNoPlot(rows) {
    if (unique(rows.map((row) => row.dataset)).length > 1) {
      return text('Results on different data sets do not compare: choose one to plot it.');
    }
    return state.x && state.y ? '' : text('No results are known.');
  }

  function showPlot(rows) {
    const reason = whyNoPlot(rows);
    part('plot-note').textContent = reason;
    if (reason) part('plot').replaceChildren();
    else drawPlot(part('plot'), { rows, all: ofDataset(), x: state.x, y: state.y, onChoose: choose });
  }

  /** Go to the row of a point; the first touch of a finger marks it alone, and the page stays where it is. */
  function choose(row, { isFirstTouch = false } = {}) {
    if (isFirstTouch) markRow(row);
    else goToRow(row);
  }

  function update() {
    const column = state.columns.find((one) => one.key === state.sort.key);
    const rows = sorted(shown(), column, state.sort.descending);
    part('count').textContent = text('{0} of {1} rows', rows.length, ofDataset().length);
    showTable(rows);
    showPlot(rows);
    address.remember(TAB, saidOf(state, zoo));
  }

  function listen() {
    part('filter').addEventListener('input', (event) => { state.text = event.target.value; update(); });
    part('dataset').addEventListener('change', ({ target }) => {
      openWith({ task: state.task, data: target.value, filter: state.text, hide: [...state.hidden].join(',') });
    });
    for (const axis of ['x', 'y']) {
      part(axis).addEventListener('change', (event) => {
        state[axis] = state.axes[axis].find((column) => column.key === event.target.value);
        update();
      });
    }
    onWidth(() => { state.noRoom.clear(); update(); });
    window.addEventListener('hashchange', () => { if (address.read().tab === TAB) open(address.stateOf(TAB)); });
  }

  /** Call when the page has another width; a phone's bars that come and go change the height alone. */
  function onWidth(call) {
    let width = window.innerWidth;
    window.addEventListener('resize', () => {
      setHeader();
      if (window.innerWidth === width) return;
      width = window.innerWidth;
      call();
    });
  }

  /** The headings of the table stay below the page's own bar. */
  function setHeader() {
    const bar = document.querySelector('.bd-header');
    part('table').style.setProperty('--mm-bar', `${bar?.offsetHeight ?? 0}px`);
  }

  function start() {
    for (const task of Object.keys(zoo).filter((one) => zoo[one].length)) {
      const attributes = { type: 'button', class: 'mm-toggle', 'data-series': 'all', 'data-task': task };
      const button = html('button', attributes, text(titles[task]));
      button.addEventListener('click', () => openWith({ task }));
      part('tasks').append(button);
    }
    document.querySelector('#zoo').hidden = false;
    setHeader();
    listen();
    address.opened(TAB);
    open(address.stateOf(TAB));
  }

  document.addEventListener('DOMContentLoaded', start);
})();
