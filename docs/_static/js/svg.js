// What all drawings share: SVG elements, tick values, numbers as text.
'use strict';
window.mmchan ??= {};

(() => {
  const NAMESPACE = 'http://www.w3.org/2000/svg';

  /** An SVG element with attributes and children (strings become text). */
  function svg(tag, attributes = {}, ...children) {
    return filled(document.createElementNS(NAMESPACE, tag), attributes, children);
  }

  /** An HTML element with attributes and children (strings become text). */
  function html(tag, attributes = {}, ...children) {
    return filled(document.createElement(tag), attributes, children);
  }

  function filled(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      element.setAttribute(name, value === true ? '' : value);
    }
    element.append(...children);
    return element;
  }

  /** About `count` round values from low to high, both ends inside them. */
  function ticks(low, high, count = 5) {
    const rough = (high - low || 1) / count;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
    const first = Math.floor(low / step);
    const last = Math.ceil(high / step);
    const tick = (_, index) => Number(((first + index) * step).toPrecision(12));
    return Array.from({ length: Math.max(last - first, 1) + 1 }, tick);
  }

  /** Round values on a logarithmic axis: 1, 2, 5 and their tenfolds, both ends inside them. */
  function logTicks(low, high) {
    const values = [];
    for (let power = Math.floor(Math.log10(low)) - 1; power <= Math.log10(high) + 1; power += 1) {
      values.push(...[1, 2, 5].map((factor) => Number((factor * 10 ** power).toPrecision(3))));
    }
    const first = values.findLastIndex((value) => value <= low);
    const last = values.findIndex((value) => value >= high);
    return values.slice(first, Math.max(last, first + 1) + 1);
  }

  /** 5158000 in units of 1e6 -> '5.16'; three significant digits, at most two decimals; thousands grouped. */
  function inUnits(value, unit) {
    const scaled = value / unit;
    if (scaled >= 1e4) return Math.round(scaled).toLocaleString('en');
    return scaled.toFixed(scaled >= 100 ? 0 : scaled >= 10 ? 1 : scaled >= 0.1 ? 2 : 3);
  }

  /** 5158000 -> '5,158,000'. */
  const grouped = (number) => number.toLocaleString('en');

  /** Width and height of a drawing for an element: its text stays legible on a phone. */
  function sizeFor(element, most) {
    const width = Math.min(most.width, Math.max(320, element.clientWidth || most.width));
    return { width, height: Math.max(260, Math.round((width * most.height) / most.width)) };
  }

  Object.assign(window.mmchan, { sizeFor, svg, html, ticks, logTicks, inUnits, grouped });
})();
