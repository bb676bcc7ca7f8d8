// Numbers that people type into the fields of a form, checked; and work that is done in short slices.
'use strict';
window.mmchan ??= {};

(() => {
  const { text, refuse } = window.mmchan;
  const MILLION = 1e6;
  const SLICE = 12; // ms of work between two frames: the page stays responsive

  /** Readers of a form's fields; `part` finds a field by its name. */
  function fieldsOf(part) {
    const labelOf = (name) => part(name).labels[0].textContent.trim();

    /** A whole number from `least` to `most`. */
    function integer(name, { least, most = Infinity }) {
      const { value } = part(name);
      const number = value === '' ? Number.NaN : Number(value);
      if (Number.isInteger(number) && number >= least && number <= most) return number;
      const [label, given] = [labelOf(name), value || text('nothing')];
      return refuse(name, most < Infinity
        ? text('“{0}” takes a whole number from {1} to {2}, not {3}.', label, least, most, given)
        : text('“{0}” takes a whole number that is at least {1}, not {2}.', label, least, given));
    }

    /** Millions as a number; `empty` stands for an empty field, which is refused without one. */
    function millions(name, empty) {
      const { value } = part(name);
      const number = value === '' ? empty : Number(value) * MILLION;
      if (number >= 0) return number;
      const given = value || text('nothing');
      return refuse(name, text('“{0}” takes a number that is at least 0, not {1}.', labelOf(name), given));
    }

    /** What stands in fields, by their names. */
    const valuesOf = (names) => Object.fromEntries(names.map((name) => [name, part(name).value]));

    return { integer, millions, valuesOf };
  }

  /** Step through a run until it is over; `onSlice` is called between frames. Returns what stops it. */
  function inSlices(run, { onSlice, onEnd }) {
    let frame = requestAnimationFrame(work);
    function work() {
      const end = performance.now() + SLICE;
      while (!run.isOver() && performance.now() < end) run.step();
      onSlice();
      if (!run.isOver()) frame = requestAnimationFrame(work);
      else {
        frame = null;
        onEnd();
      }
    }
    return {
      isRunning: () => frame !== null,
      stop: () => {
        if (frame !== null) cancelAnimationFrame(frame);
        frame = null;
      },
    };
  }

  Object.assign(window.mmchan, { fieldsOf, inSlices });
})();
