// Shows the network of a point: by click, tap or keyboard. All numbers are in the page already.
'use strict';

(() => {
  const NEAR = 16; // pixels between a click and the point that it means
  const SVG = 'http://www.w3.org/2000/svg';
  const spaces = JSON.parse(document.querySelector('#networks').textContent);
  const panel = document.querySelector('#network');
  const part = (name) => panel.querySelector(`[data-part="${name}"]`);
  let opener = null;

  const percent = (value) => `${(100 * value).toFixed(2)} %`;
  const amount = (value) => {
    const [unit, letter] = [[1e9, ' G'], [1e6, ' M'], [1e3, ' k'], [1, '']].find(([least]) => value >= least);
    return `${(value / unit).toPrecision(3)}${letter}`;
  };
  const pointsOf = (drawing) => [...drawing.querySelectorAll('.points [data-network]')];
  const seriesOf = (point) => Number(point.closest('[data-series]').dataset.series);
  const networkOf = (point) => spaces[seriesOf(point)].networks[point.dataset.network];

  const spoken = (series, one) => `${spaces[series].name}, network ${one.id}, error ${percent(one.error)}`;

  function element(tag, attributes, ...children) {
    const made = tag.startsWith('svg:') ? document.createElementNS(SVG, tag.slice(4)) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  function facts(one) {
    const found = [['error', percent(one.error)]];
    if (one.spread !== null) found.push([`spread of ${one.trials} repeats`, percent(one.spread)]);
    if (one.failed) found.push(['failed trials', `${one.failed} of ${one.trials}`]);
    for (const name of ['macs', 'parameters', 'activations']) {
      found.push([name === 'macs' ? 'MACs' : name, amount(one[name])]);
    }
    found.push(['fitting error', one.fit.toFixed(3)]);
    return found.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)));
  }

  /** Widths per block as bars, with the widths of the stages above them. */
  function drawing(one, series) {
    const [width, height, left, top, bottom] = [380, 150, 6, 18, 18];
    const blocks = one.widths.flatMap((value, stage) => Array(one.depths[stage]).fill(value));
    const pitch = (width - 2 * left) / blocks.length;
    const fill = `var(--series-${series % 7})`;
    const tall = (value) => ((height - top - bottom) * value) / Math.max(...blocks);
    const said = one.widths.map((value, stage) => `${one.depths[stage]} of ${value}`).join(', ');
    const named = { role: 'img', 'aria-label': `Widths per block: ${said}` };
    const picture = element('svg:svg', { viewBox: `0 0 ${width} ${height}`, ...named });
    const label = (x, y, text) => picture.append(element('svg:text', { x, y, 'text-anchor': 'middle' }, text));
    blocks.forEach((value, block) => {
      const box = { x: left + block * pitch + 0.5, y: height - bottom - tall(value), height: tall(value) };
      picture.append(element('svg:rect', { ...box, width: Math.max(1, pitch - 1), fill }));
    });
    let start = 0;
    one.depths.forEach((depth, stage) => {
      const x = left + (start + depth / 2) * pitch;
      const y = height - bottom - tall(one.widths[stage]) - 4;
      if (stage === 0 || depth * pitch > 22) label(x, y, String(one.widths[stage]));
      start += depth;
    });
    label(width / 2, height - 3, `${blocks.length} blocks`);
    return picture;
  }

  function stages(one) {
    const heading = (text, scope) => element('th', { scope }, String(text));
    const names = ['stage', 'blocks', 'width', 'inside', 'per group'];
    const columns = [one.depths, one.widths, one.bottleneck_widths, one.group_widths];
    const body = one.widths.map((_, stage) => element('tr', {}, heading(stage + 1, 'row'),
      ...columns.map((column) => element('td', {}, String(column[stage])))));
    const head = element('tr', {}, ...names.map((name) => heading(name, 'col')));
    return [element('thead', {}, head), element('tbody', {}, ...body)];
  }

  function show(series, place, from) {
    const one = spaces[series].networks[place];
    opener = from;
    part('title').textContent = `${spaces[series].name}: ${one.id}`;
    part('facts').replaceChildren(...facts(one));
    part('drawing').replaceChildren(drawing(one, series));
    part('stages').replaceChildren(...stages(one));
    part('config').textContent = one.config;
    part('copied').textContent = '';
    panel.hidden = false;
    panel.scrollTop = 0;
    document.querySelector('#said').textContent = spoken(series, one);
    for (const point of document.querySelectorAll('.points .chosen')) point.classList.remove('chosen');
    for (const group of document.querySelectorAll(`.points[data-series="${series}"]`)) {
      group.querySelector(`[data-network="${place}"]`)?.classList.add('chosen');
    }
  }

  function close() {
    panel.hidden = true;
    opener?.focus();
  }

  /** The point of a drawing that is nearest to a place on the screen, if any is near. */
  function nearest(drawing, x, y) {
    let found = null;
    let least = NEAR;
    for (const point of pointsOf(drawing)) {
      const box = point.getBoundingClientRect();
      const distance = Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y);
      if (distance < least) [found, least] = [point, distance];
    }
    return found;
  }

  /** One point of a drawing takes the focus; arrow keys walk from left to right. */
  function walkable(drawing) {
    const at = (point) => Number(point.getAttribute('x'));
    const points = pointsOf(drawing).sort((one, other) => at(one) - at(other));
    if (!points.length) return;
    let current = points[0];
    // only the point that can take the focus is a button: ten thousand of them would be no help to anybody
    const name = (point) => {
      for (const attribute of ['tabindex', 'role', 'aria-label']) current.removeAttribute(attribute);
      current = point;
      const one = networkOf(point);
      const label = spoken(seriesOf(point), one);
      point.setAttribute('tabindex', '0');
      point.setAttribute('role', 'button');
      point.setAttribute('aria-label', label);
    };
    const choose = (point) => {
      name(point);
      point.focus({ preventScroll: true });
      show(seriesOf(point), point.dataset.network, point);
    };
    name(current);
    const steps = {
      ...{ ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageDown: 10, PageUp: -10 },
      ...{ Home: -points.length, End: points.length },
    };
    drawing.addEventListener('keydown', (event) => {
      const place = points.indexOf(event.target);
      if (place < 0) return;
      if (event.key in steps) choose(points[Math.min(points.length - 1, Math.max(0, place + steps[event.key]))]);
      else if (event.key === 'Enter' || event.key === ' ') {
        choose(points[place]);
        panel.focus();
      } else return;
      event.preventDefault();
    });
    drawing.addEventListener('click', (event) => {
      const point = nearest(drawing, event.clientX, event.clientY);
      if (point) choose(point);
    });
  }

  async function copy() {
    const text = part('config').textContent;
    try {
      await navigator.clipboard.writeText(text);
      part('copied').textContent = 'Copied.';
    } catch {
      getSelection().selectAllChildren(part('config'));
      part('copied').textContent = 'Selected: press Ctrl+C.';
    }
  }

  for (const drawing of document.querySelectorAll('figure svg')) walkable(drawing);
  for (const button of document.querySelectorAll('button[data-network]')) {
    button.addEventListener('click', () => {
      show(Number(button.dataset.series), button.dataset.network, button);
      panel.focus();
    });
  }
  part('close').addEventListener('click', close);
  part('copy').addEventListener('click', copy);
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape' && !panel.hidden) close(); });
})();
