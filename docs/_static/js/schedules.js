// Width schedules: mmchan/channels/schedules.py in JavaScript, to the same integers.
// A classic script, as all others here: browsers do not load modules from file:// pages.
'use strict';
window.mmchan ??= {};

(() => {
  /** A setting that makes no network: `argument` names it, the message is a sentence that says what to change. */
  class InputError extends Error {
    constructor(argument, message) {
      super(message);
      this.argument = argument;
    }
  }

  const { text } = window.mmchan;

  function refuse(argument, message) {
    throw new InputError(argument, message);
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
    if (!(value > 0)) refuse('width_mult', text('A width comes out as {0}: raise width_mult.', value));
    const rounded = Math.max(divisor, Math.floor(Math.trunc(value + divisor / 2) / divisor) * divisor);
    return rounded < 0.9 * value ? rounded + divisor : rounded;
  }

  /** An integer, half to even, then a multiple of divisor. */
  function roundWidth(value, divisor = 1) {
    return makeDivisible(Math.max(1, round(value)), divisor);
  }

  /** Widths that grow by the same number of channels at every block (ReXNet). */
  function linearWidths(first, totalGrowth, numBlocks, { scale = 1, divisor = 1, steps = numBlocks } = {}) {
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
  function quantizedLinearWidths(w0, wa, wm, depth, divisor) {
    if (w0 % divisor !== 0) {
      const below = Math.max(1, Math.floor(w0 / divisor)) * divisor;
      const around = [divisor, below, below + divisor, w0];
      refuse('w0', text('Take a multiple of {1} for {0}: {2} or {3}, not {4}.', 'w0', ...around));
    }
    return Array.from({ length: depth }, (_, block) => {
      const stage = round(Math.log((w0 + wa * block) / w0) / Math.log(wm));
      return round((w0 * wm ** stage) / divisor) * divisor;
    });
  }

  /** Widths of groups as multiples of divisor, and their numbers of blocks, rounded up (EfficientNet). */
  function compoundScaling(widths, depths, { widthMult, depthMult, divisor }) {
    return {
      widths: widths.map((width) => makeDivisible(width * widthMult, divisor)),
      depths: depths.map((depth) => Math.ceil(depth * depthMult)),
    };
  }

  function leastCommonMultiple(a, b) {
    const divisor = (one, other) => (other === 0 ? one : divisor(other, one % other));
    return (a / divisor(a, b)) * b;
  }

  /** Width, bottleneck width and group width such that the groups divide the bottleneck. */
  function fitGroupWidth(width, wanted, ratio, rounding) {
    const bottleneck = Math.trunc(Math.max(1, width * ratio));
    const group = Math.min(wanted, bottleneck);
    const fitted = (inside) => ({ width: Math.trunc(inside / ratio), bottleneck: inside, group });
    if (rounding === 'torchvision') return fitted(makeDivisible(bottleneck, group));
    const multiple = ratio > 1 ? leastCommonMultiple(group, Math.trunc(ratio)) : group;
    return fitted(Math.max(multiple, round(bottleneck / multiple) * multiple));
  }

  Object.assign(window.mmchan, {
    InputError,
    refuse,
    round,
    makeDivisible,
    roundWidth,
    linearWidths,
    quantizedLinearWidths,
    compoundScaling,
    fitGroupWidth,
  });
})();
