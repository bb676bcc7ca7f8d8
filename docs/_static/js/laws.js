// Laws of the spaces in mmchan/design/spaces/ in JavaScript: at the same numbers, uniform in [0, 1), they make the
// same parameters as in Python. Their tables come from there, in spaces.js.
'use strict';
window.mmchan ??= {};

(() => {
  const { designSpaces, round } = window.mmchan;
  const law = (place) => designSpaces.laws[place];
  const survivals = new Map(); // of rising draws, by law
  const range = (length, make) => Array.from({ length }, (_, index) => make(index));

  /** The first index whose value is above a number; values rise. */
  function indexAbove(values, number) {
    let [low, high] = [0, values.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle] <= number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function valueAt(place, uniform) {
    const { values, cumulative } = law(place);
    return values[indexAbove(cumulative, uniform)];
  }

  /** Of draws that never fall and have k more behind them: the chances to be at least each value, from above. */
  function survivalsOf(place, length) {
    const { probabilities } = law(place);
    const known = survivals.get(place) ?? [];
    survivals.set(place, known);
    while (known.length < length) {
      const rest = known.at(-1) ?? probabilities.map(() => 1);
      let sum = 0;
      // the first has the values in rising order, where all are 1 and the order is all the same
      known.push(probabilities.map((_, index, all) => {
        const value = all.length - 1 - index;
        sum += all[value] * rest[index];
        return sum;
      }));
    }
    return known;
  }

  /** Draws of a law that never fall, as many as there are uniform numbers; see monotone.py. */
  function risingValues(place, uniforms) {
    const { values } = law(place);
    const tables = survivalsOf(place, uniforms.length);
    const last = values.length - 1;
    let before = 0;
    return uniforms.map((uniform, step) => {
      const survival = tables[uniforms.length - step - 1];
      const found = last - indexAbove(survival, uniform * survival[last - before]);
      before = Math.max(found, before);
      return values[before];
    });
  }

  /** Which of the stages are knots: both ends, and of the others those of the lowest ranks. */
  function knotsOf(ranks, knots) {
    const last = ranks.length - 1;
    const order = (index) => (index === 0 || index === last ? -1 : ranks[index]);
    const places = range(ranks.length, (index) => index).sort((a, b) => order(a) - order(b));
    return places.slice(0, knots).sort((a, b) => a - b);
  }

  function interpolated(knots, values, stages) {
    return range(stages, (index) => {
      const right = knots.findIndex((knot) => knot >= index);
      if (knots[right] === index) return values[right];
      const [left, below, above] = [knots[right - 1], values[right - 1], values[right]];
      return below + ((above - below) * (index - left)) / (knots[right] - left);
    });
  }

  // by the name of the class in Python: how many uniform numbers a row needs, and the row that they make
  const rows = {
    PerStage: {
      uniforms: (row, most) => (row.shared ? 1 : most),
      at: (row, uniforms, stages) => range(stages, (stage) => valueAt(row.law, uniforms[row.shared ? 0 : stage])),
    },
    RisingPerStage: {
      uniforms: (_, most) => most,
      at: (row, uniforms, stages) => risingValues(row.law, uniforms.slice(0, stages)),
    },
    FixedRow: { uniforms: () => 0, at: (row, _, stages) => row.values.slice(0, stages) },
    Linear: {
      uniforms: () => 3,
      at: (row, uniforms, stages) => {
        const laws = [row.first, row.growth, row.floor];
        const [first, growth, floor] = laws.map((place, index) => valueAt(place, uniforms[index]));
        return range(stages, (index) => round(Math.max(floor, first + growth * index)));
      },
    },
    PiecewiseLinear: {
      uniforms: (_, most) => 2 + 2 * most,
      at: (row, uniforms, stages) => {
        const most = (uniforms.length - 2) / 2;
        const wanted = valueAt(row.knots, uniforms[0]);
        const floor = valueAt(row.floor, uniforms[1]);
        const count = Math.min(Math.max(wanted, Math.min(2, stages)), stages);
        const knots = knotsOf(uniforms.slice(2, 2 + stages), count);
        const values = risingValues(row.value, uniforms.slice(2 + most, 2 + most + count));
        return interpolated(knots, values, stages).map((value) => round(Math.max(floor, value)));
      },
    },
  };

  /** The parameters that vary of the network that uniform numbers make; see draws_at in draws.py. */
  function parametersAt(space, uniforms) {
    const drawn = {};
    let used = space.stages === null ? 0 : 1;
    const stages = used && valueAt(space.stages, uniforms[0]);
    for (const [name, row] of Object.entries(space.rows)) {
      const { uniforms: needed, at } = rows[row.kind];
      const count = needed(row, space.mostStages);
      drawn[name] = at(row, uniforms.slice(used, used + count), stages);
      used += count;
    }
    for (const [name, place] of Object.entries(space.numbers)) {
      drawn[name] = valueAt(place, uniforms[used]);
      used += 1;
    }
    return drawn;
  }

  Object.assign(window.mmchan, { parametersAt });
})();
