// Draws networks from a named space, one after another: mmchan/design/spaces/ in JavaScript. The random numbers
// are the page's own, all that follows from them is as in Python: parameters, cost, what a constraint removes.
'use strict';
window.mmchan ??= {};

(() => {
  const { designSpaces, parametersAt, complete, planOf, count, quantizedLinearWidths, round } = window.mmchan;
  const { text, InputError, widths, stageWidths, stageDepths } = window.mmchan;
  const GIGA = 1e9;
  const UNITS = [[1e9, 'G'], [1e6, 'M'], [1e3, 'k']];
  const WARM_UP = 12; // numbers that a seed is mixed with
  const PATIENCE = 10_000; // draws per network, on average, before a space counts as one that starves
  const HEAD_START = 20; // networks' worth of patience for the first one
  const REPEATED = text('network there already');

  /** Numbers uniform in [0, 1) from a seed: multiples of 2^-53 from sfc32 of PractRand, a public-domain generator. */
  function generator(seed) {
    let [a, b, c, counter] = [0, seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0, 1];
    const word = () => {
      const sum = (a + b + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
      return sum >>> 0;
    };
    for (let drawn = 0; drawn < WARM_UP; drawn += 1) word();
    return () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
  }

  /** A number as people write it: 360M. */
  function short(number) {
    const [unit, letter] = UNITS.find(([size]) => Math.abs(number) >= size) ?? [1, ''];
    return `${Number((number / unit).toPrecision(6))}${letter}`;
  }

  /** The constraint that a cost lies within low and high. */
  function band(of, low, high) {
    return { kind: 'Band', of, low, high, label: text('{0} within [{1}, {2}]', of, short(low), short(high)) };
  }

  const spaceNamed = (name) => designSpaces.named[name] ?? designSpaces.usual[name];

  /**
   * A space with its name, within bands of cost; `common` are all parameters, defaults where nothing is drawn, or what
   * is `given` for all networks; `isCapped` keeps the caps of a paper, which hold for its image and strides.
   */
  function spaceWithin(name, { bands = [], resolution, given = {}, isCapped = true } = {}) {
    const space = spaceNamed(name);
    const own = space.checks.filter(({ kind }) => isCapped || kind !== 'Cap');
    const checks = [...own, ...bands.map(({ of, low, high }) => band(of, low, high))];
    const common = complete(space.family, { ...space.common, ...given });
    return { ...space, name, checks, common, resolution: resolution ?? space.resolution };
  }

  /** The network of all parameters: plan and cost; null where they do not go together. */
  function networkOf(space, all) {
    try {
      const plan = planOf(space.family, all);
      return { plan, ...count(plan, space.resolution, space.numClasses) };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return null;
    }
  }

  /** pycls' rule for RegNets: every power of wm up to the last block's is there, and no two round to one width. */
  function hasWholeStages({ low, high }, { w0, wa, wm, depth, divisor }) {
    const powers = round(Math.log((w0 + wa * (depth - 1)) / w0) / Math.log(wm)) + 1;
    if (powers < low || powers > high) return false;
    return new Set(quantizedLinearWidths(w0, wa, wm, depth, divisor)).size === powers;
  }

  // by the name of the class in Python; what costs little is asked first, so that a network is rarely made
  const passes = {
    WholeStages: (check, all) => hasWholeStages(check, all),
    IsNetwork: (_, __, network) => network() !== null,
    Band: ({ of, low, high }, _, network) => network()[of] >= low && network()[of] <= high,
    Cap: ({ of, limit }, _, network) => {
      const { constant, slope, exponent } = limit;
      return network()[of] < constant + slope * (network().macs / GIGA) ** exponent;
    },
  };

  /** What uniform numbers make: all parameters, the network, and the constraint that removes it, or null. */
  function drawAt(space, uniforms) {
    const all = { ...space.common, ...parametersAt(space, uniforms) };
    let made;
    const network = () => {
      if (made === undefined) made = networkOf(space, all);
      return made;
    };
    const failed = space.checks.find((check) => !passes[check.kind](check, all, network));
    return { given: all, network, removed: failed?.label ?? null };
  }

  /** All that a plan says of layers, runs of equal blocks as one: networks with the same text are the same. */
  function identity(plan) {
    const runs = plan.stages.map((stage) => stage.map((block) => JSON.stringify(block)));
    const short = runs.map((texts) => [texts.length, ...texts.filter((text, index) => text !== texts[index - 1])]);
    return JSON.stringify([plan.stem, short, plan.penultimate, plan.head]);
  }

  /** A network as a row of the population. */
  function rowOf({ given, network }, number) {
    const { plan, parameters, macs, activations } = network();
    const sizes = { widths: widths(plan), stages: stageWidths(plan), depths: stageDepths(plan) };
    return { number, given, ...sizes, blocks: sizes.widths.length, parameters, macs, activations };
  }

  /** A population that is being drawn: `step` draws once, `rows` are the networks so far. */
  function sampling(space, { size, seed }) {
    const random = generator(seed);
    const known = new Set();
    const state = { space, size, draws: 0, rows: [], removed: new Map(), starved: false };
    for (const label of [...space.checks.map((check) => check.label), REPEATED]) state.removed.set(label, 0);
    const remove = (label) => state.removed.set(label, state.removed.get(label) + 1);
    state.isOver = () => state.starved || state.rows.length === size;
    state.step = () => {
      const draw = drawAt(space, Array.from({ length: space.uniforms }, random));
      state.draws += 1;
      const name = draw.removed === null && identity(draw.network().plan);
      if (draw.removed !== null) remove(draw.removed);
      else if (known.has(name)) remove(REPEATED);
      else {
        known.add(name);
        state.rows.push(rowOf(draw, state.rows.length + 1));
      }
      state.starved = state.draws > PATIENCE * (HEAD_START + state.rows.length);
    };
    return state;
  }

  Object.assign(window.mmchan, { generator, spaceNamed, spaceWithin, drawAt, identity, rowOf, sampling });
})();
