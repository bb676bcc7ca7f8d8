// What the explorer computes from the families' records, which explorer-data.js holds: complete and checked
// arguments, the network that they make, and its config.
'use strict';
window.mmchan ??= {};

(() => {
  const POSITIONS = 200; // of a slider with a logarithmic scale, before those of one value become one
  const { families, plans, require } = window.mmchan;
  const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  const variantsOf = (family) => window.mmchan.variants.filter((variant) => variant.family === family);
  const settingsOf = (family) => families[family].parameters.filter((one) => !one.fixed);
  /** Whether there are sliders: the plan is known, and every setting is one number. */
  const hasSliders = (family) => family in plans && !settingsOf(family).some((one) => one.perStage);

  /** All arguments of a family: those given, the defaults of the others. */
  function complete(family, given) {
    const value = ({ argument, initial }) => (given[argument] === undefined ? initial : given[argument]);
    return Object.fromEntries(families[family].parameters.map((one) => [one.argument, value(one)]));
  }

  function allows(parameter, value) {
    const { kind, choices, low, high, openLow, openHigh } = parameter;
    if (value === null) return parameter.optional;
    if (kind === 'choice') return choices.includes(value);
    if (!(kind === 'integer' ? Number.isInteger(value) : Number.isFinite(value))) return false;
    const above = low === null || (openLow ? value > low : value >= low);
    return above && (high === null || (openHigh ? value < high : value <= high));
  }

  function check(family, given) {
    for (const parameter of settingsOf(family)) {
      const value = given[parameter.argument];
      require(allows(parameter, value), parameter.argument, parameter.rule, Number.isNaN(value) ? 'nothing' : value);
    }
  }

  /** The plan of all arguments of a family. */
  function planOf(family, all) {
    const named = Object.entries(all).map(([name, value]) => [camel(name), value]);
    return plans[family](Object.fromEntries(named));
  }

  /** Widths, stage widths and cost of a family's arguments. */
  function evaluate(family, given) {
    const all = complete(family, given);
    check(family, all);
    const net = planOf(family, all);
    return { widths: window.mmchan.widths(net), stages: window.mmchan.stageWidths(net), ...window.mmchan.count(net) };
  }

  /** The values that a slider stands for, from its lowest to its highest. */
  function usualValues({ usualLow, usualHigh, step, logarithmic, kind }) {
    const nearest = (value) => {
      const steps = Math.round((value - usualLow) / step);
      const found = Math.min(usualLow + steps * step, usualHigh);
      return kind === 'integer' ? Math.trunc(found) : Number(found.toFixed(10));
    };
    const count = logarithmic ? POSITIONS : Math.round((usualHigh - usualLow) / step);
    const at = logarithmic
      ? (share) => usualLow * (usualHigh / usualLow) ** share
      : (share) => usualLow + (usualHigh - usualLow) * share;
    return [...new Set(Array.from({ length: count + 1 }, (_, index) => nearest(at(index / count))))];
  }

  /** A value for an optional argument that was None: its default's, else that of the first variant with one. */
  function typical(family, { argument, initial, usualLow }) {
    const values = variantsOf(family).map((variant) => variant.arguments[argument]);
    return initial ?? values.find((value) => value !== null && value !== undefined) ?? usualLow;
  }

  /** The variant with just these settings, or undefined. */
  function publishedAs(family, given) {
    const same = (variant) => {
      const all = complete(family, variant.arguments);
      return settingsOf(family).every(({ argument }) => all[argument] === given[argument]);
    };
    return variantsOf(family).find(same);
  }

  /** The series that a network is of, near a variant: RegNet with squeeze-excitation is RegNetY. */
  function seriesNear(variant, given) {
    const has = (all) => settingsOf(variant.family).map(({ argument }) => all[argument] !== null).join();
    const kin = (other) => has(complete(other.family, other.arguments)) === has(given);
    return [variant, ...variantsOf(variant.family)].find(kin)?.series ?? variant.series;
  }

  function python(value) {
    const constants = new Map([[null, 'None'], [true, 'True'], [false, 'False']]);
    if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
    return constants.get(value) ?? (typeof value === 'string' ? `'${value}'` : String(value));
  }

  function archOf(family, given) {
    const same = (one) => JSON.stringify(one.initial) === JSON.stringify(given[one.argument]);
    const changed = families[family].parameters.filter((one) => one.required || !same(one));
    const values = changed.map((one) => `${one.argument}=${python(given[one.argument])}`);
    return `dict(${[`family='${family}'`, ...values].join(', ')})`;
  }

  /** A config's lines in Python; `in_channels` is asked of the plan, as in the configs of the package. */
  function configSnippet(family, given, type = families[family].type) {
    const published = publishedAs(family, given);
    return [
      'from mmchan.channels import out_channels',
      '',
      `arch = ${published ? `'${published.name}'` : archOf(family, given)}`,
      'model = dict(',
      `    backbone=dict(_delete_=True, type='${type}', arch=arch),`,
      '    head=dict(in_channels=out_channels(arch)),',
      ')',
      '',
    ].join('\n');
  }

  Object.assign(window.mmchan, {
    hasSliders,
    variantsOf,
    settingsOf,
    complete,
    planOf,
    evaluate,
    usualValues,
    typical,
    publishedAs,
    seriesNear,
    configSnippet,
  });
})();
