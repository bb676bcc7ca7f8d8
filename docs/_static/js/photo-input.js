// From the pixels of a photograph to a network's input, with the integers of Pillow's resizing: what the page
// computes of a photograph is what mmchan.predict computes of it.
'use strict';
window.mmchan ??= {};

(() => {
  const BITS = 22; // of fixed-point weights, as Pillow has them for 8 bits a channel
  const SUPPORT = 2; // pixels on either side that a cubic reaches

  /** Keys' cubic with a = -0.5. */
  function cubic(x) {
    const a = -0.5;
    const t = Math.abs(x);
    if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
    return t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0;
  }

  /** Where each of the new pixels from `first` on begins to read, and its weights. Pillow: precompute_coeffs. */
  function taps(length, resized, first, count) {
    const scale = length / resized;
    const stretch = Math.max(scale, 1); // what shrinks is smoothed
    const support = SUPPORT * stretch;
    return Array.from({ length: count }, (_, index) => {
      const centre = (first + index + 0.5) * scale;
      const start = Math.max(0, Math.trunc(centre - support + 0.5));
      const end = Math.min(length, Math.trunc(centre + support + 0.5));
      const raw = Array.from({ length: end - start }, (__, at) => cubic((at + start - centre + 0.5) * (1 / stretch)));
      const sum = raw.reduce((total, one) => total + one, 0);
      const fixed = raw.map((one) => Math.trunc((one / sum) * 2 ** BITS + (one < 0 ? -0.5 : 0.5)));
      return { start, weights: Int32Array.from(fixed) };
    });
  }

  /** Rows of pixels to rows of other pixels; `step` and `line` are strides of the source. */
  function pass(source, { lines, line, step, taps: all, into, outLine, outStep }) {
    for (let row = 0; row < lines; row += 1) {
      all.forEach(({ start, weights }, index) => {
        for (let channel = 0; channel < 3; channel += 1) {
          let sum = 2 ** (BITS - 1);
          let at = row * line + start * step + channel;
          for (const weight of weights) {
            sum += source[at] * weight;
            at += step;
          }
          into[row * outLine + index * outStep + channel] = sum >> BITS; // a clamped array keeps within 0 to 255
        }
      });
    }
  }

  /** Python's round: halves go to the even number. */
  function round(value) {
    const low = Math.floor(value);
    return value - low === 0.5 ? low + (low % 2) : Math.round(value);
  }

  /** Lengths after the shorter edge is `edge` pixels long. */
  const resizedTo = (edge, lengths) => lengths.map((one) => Math.floor((edge * one) / Math.min(...lengths)));

  /**
   * The square from the centre of a photograph whose shorter edge was resized.
   * @param {{data, width, height}} image RGBA, as a canvas gives it
   * @param {{edge, size}} how the shorter edge and the side of the square, in pixels
   * @returns {Uint8ClampedArray} size * size pixels of three values
   */
  function centre({ data, width, height }, { edge, size }) {
    const [newWidth, newHeight] = resizedTo(edge, [width, height]);
    const across = taps(width, newWidth, round((newWidth - size) / 2), size);
    const down = taps(height, newHeight, round((newHeight - size) / 2), size);
    const top = down[0].start;
    const last = down.at(-1);
    const lines = last.start + last.weights.length - top;
    const narrow = new Uint8ClampedArray(lines * size * 3);
    const rows = data.subarray(top * width * 4, (top + lines) * width * 4);
    pass(rows, { lines, line: width * 4, step: 4, taps: across, into: narrow, outLine: size * 3, outStep: 3 });
    const pixels = new Uint8ClampedArray(size * size * 3);
    const shifted = down.map(({ start, weights }) => ({ start: start - top, weights }));
    const columns = { lines: size, line: 3, step: size * 3, outLine: 3, outStep: size * 3 };
    pass(narrow, { ...columns, taps: shifted, into: pixels });
    return pixels;
  }

  /** Pixels of three values -> (3, size, size) of float32, normalised. */
  function normalised(pixels, { size, mean, std }) {
    const area = size * size;
    const input = new Float32Array(3 * area);
    for (let channel = 0; channel < 3; channel += 1) {
      for (let at = 0; at < area; at += 1) {
        input[channel * area + at] = (pixels[at * 3 + channel] - mean[channel]) / std[channel];
      }
    }
    return input;
  }

  window.mmchan.photoInput = { centre, normalised };
})();
