// Width schedules: mmchan/channels/schedules.py in JavaScript, to the same integers.
// A classic script, as all others here: browsers do not load modules from file:// pages.
'use strict';
window.mmchan ??= {};

(() => {
  /** A setting out of its range; the message says which, the rule and the value. */
  class InputError extends Error {}

  function require(condition, argument, rule, value) {
    if (!condition) throw new InputError(`${argument} must be ${rule}, got ${value}`);
  }

  function requireInteger(value, argument) {
    require(Number.isInteger(value) && value >= 1, argument, 'an integer >= 1', value);
  }

  /** Python's round(): half to even. */
  function round(value) {
    const below = Math.floor(value);
    const rest = value - below; // exact in float64
    if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
    return below % 2 === 0 ? below : below + 1;
  }

  /** The nearest multiple of divisor (half up) that keeps 0.9 of the value. */
  function makeDivisible(value, divisor) {
    requireInteger(divisor, 'divisor');
    require(value > 0, 'value', '> 0', value);
    const rounded = Math.max(divisor, Math.floor(Math.trunc(value + divisor / 2) / divisor) * divisor);
    return rounded < 0.9 * value ? rounded + divisor : rounded;
  }

  /** An integer, half to even, then a multiple of divisor. */
  function roundWidth(value, divisor = 1) {
    return makeDivisible(Math.max(1, round(value)), divisor);
  }

  /** Widths that grow by the same number of channels at every block (ReXNet). */
  function linearWidths(first, totalGrowth, numBlocks, { scale = 1, divisor = 1, steps = numBlocks } = {}) {
    require(first > 0, 'first width', '> 0', first);
    require(totalGrowth >= 0, 'total growth', '>= 0', totalGrowth);
    requireInteger(numBlocks, 'blocks');
    require(scale > 0, 'width multiplier', '> 0', scale);
    const growth = totalGrowth / Math.max(steps, 1);
    const widths = [];
    let width = scale < 1 ? first / scale : first;
    for (let block = 0; block < numBlocks; block += 1) {
      widths.push(roundWidth(width * scale, divisor));
      width += growth; // a running sum, because the closed form rounds differently
    }
    return widths;
  }

  /** Widths of a line, quantised to powers of wm (RegNet). */
  function quantizedLinearWidths(w0, wa, wm, depth, divisor = 8) {
    requireInteger(w0, 'w0');
    require(w0 % divisor === 0, 'w0', `a multiple of ${divisor}`, w0);
    require(wa >= 0, 'wa', '>= 0', wa);
    require(wm > 1, 'wm', '> 1', wm);
    requireInteger(depth, 'depth');
    return Array.from({ length: depth }, (_, block) => {
      const stage = round(Math.log((w0 + wa * block) / w0) / Math.log(wm));
      return round((w0 * wm ** stage) / divisor) * divisor;
    });
  }

  /** [width, group width] such that the groups divide the width, changed as little as possible. */
  function fitGroupWidth(width, wanted, rounding = 'pycls') {
    requireInteger(wanted, 'group width');
    const groupWidth = Math.min(wanted, width);
    if (rounding === 'torchvision') return [makeDivisible(width, groupWidth), groupWidth];
    return [Math.max(groupWidth, round(width / groupWidth) * groupWidth), groupWidth];
  }

  Object.assign(window.mmchan, {
    InputError,
    require,
    round,
    roundWidth,
    linearWidths,
    quantizedLinearWidths,
    fitGroupWidth,
  });
})();
