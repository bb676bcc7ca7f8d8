// Draws networks for a budget of MACs and parameters: those within it, and a cloud of others around them.
'use strict';
window.mmchan ??= {};

(() => {
  const { drawAt, generator, identity, rowOf, planOf, complete, hasSliders, count } = window.mmchan;
  const { widths, stageWidths, stageDepths } = window.mmchan;
  const USED = 0.9; // the share of the MACs that a network of the budget uses at least
  const AROUND = 8; // the cloud has networks of up to so many times the MACs, and of as little as that part
  const WANTED = 60; // networks within the budget
  const CLOUD = 400;
  // draws without another network of the budget, before those there are count as all: until the first one, and after
  const PATIENCE = { first: 20_000, others: 8000 };

  const isInBand = ({ macs }, budget) => macs >= USED * budget.macs && macs <= budget.macs;
  const isAround = ({ macs }, budget) => macs >= budget.macs / AROUND && macs <= budget.macs * AROUND;

  /**
   * A search for networks of a space within `budget`, {macs, parameters}: `step` draws once; `rows` are those within,
   * `cloud` others of similar MACs; `least` and `most` MACs of all, `fewest` parameters of those that have the MACs.
   */
  function designing(space, { budget, seed }) {
    const random = generator(seed);
    const known = new Set();
    const state = { space, budget, draws: 0, rows: [], cloud: [], least: Infinity, most: 0, fewest: Infinity, since: 0 };
    const patience = () => (state.rows.length ? PATIENCE.others : PATIENCE.first);
    state.isOver = () => state.rows.length === WANTED || state.since === patience();

    function take(draw) {
      const cost = draw.network();
      state.least = Math.min(state.least, cost.macs);
      state.most = Math.max(state.most, cost.macs);
      const hasMacs = isInBand(cost, budget);
      if (hasMacs) state.fewest = Math.min(state.fewest, cost.parameters);
      const fits = hasMacs && cost.parameters <= budget.parameters;
      if (!fits && (state.cloud.length === CLOUD || !isAround(cost, budget))) return;
      const name = identity(cost.plan);
      if (known.has(name)) return;
      known.add(name);
      const list = fits ? state.rows : state.cloud;
      list.push(rowOf(draw, list.length + 1));
      if (fits) state.since = 0;
    }

    state.step = () => {
      const draw = drawAt(space, Array.from({ length: space.uniforms }, random));
      state.draws += 1;
      state.since += 1;
      if (draw.removed === null) take(draw);
    };
    return state;
  }

  /** The published networks of similar MACs, counted for the same image; their strides are their own. */
  function publishedAround(budget, resolution) {
    const counted = window.mmchan.variants.filter(({ family }) => hasSliders(family)).map((variant) => {
      const given = complete(variant.family, variant.arguments);
      const plan = planOf(variant.family, given);
      const sizes = { widths: widths(plan), stages: stageWidths(plan), depths: stageDepths(plan) };
      return { ...variant, given, plan, ...sizes, ...count(plan, resolution) };
    });
    return counted.filter((row) => isAround(row, budget));
  }

  /** The strides of a network's maps, in pixels of the image: behind the stem, behind every stage. */
  function mapStrides(plan) {
    const strideOf = (stage) => stage[0].convs.reduce((product, { stride }) => product * stride, 1);
    return plan.stages.reduce((all, stage) => [...all, all.at(-1) * strideOf(stage)], [plan.stem.stride]);
  }

  Object.assign(window.mmchan, { USED, designing, publishedAround, mapStrides });
})();
