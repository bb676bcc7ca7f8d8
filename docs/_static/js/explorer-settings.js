// What the explorer computes from the families' records, which explorer-data.js holds: complete and checked
// arguments, the network that they make, and its config.
'use strict';
window.mmchan ??= {};

(() => {
  const LINE = 44; // characters of a config's line: no column of the page is narrower, but on a phone
  const POSITIONS = 200; // of a slider with a logarithmic scale, before those of one value become one
  const { families, plans, text, refuse, widths, stageWidths, stageDepths } = window.mmchan;
  const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  const variantsOf = (family) => window.mmchan.variants.filter((variant) => variant.family === family);
  /** Whether the page has a family's arithmetic; without it there are only its variants. */
  const hasSliders = (family) => family in plans;
  const equal = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  /** The parameters that a person may change; all that is per stage where the number of stages is free. */
  function settingsOf(family) {
    const { parameters } = families[family];
    const isFree = parameters.some((one) => one.perStage && !one.fixed);
    return parameters.filter((one) => !one.fixed || (isFree && one.perStage));
  }

  /** All arguments of a family: those given, the defaults of the others. */
  function complete(family, given) {
    const value = ({ argument, initial }) => (given[argument] === undefined ? initial : given[argument]);
    return Object.fromEntries(families[family].parameters.map((one) => [one.argument, value(one)]));
  }

  /** Why a number is refused, in a sentence that says what to do; null where it is not. */
  function complaint({ argument, kind, usualLow, usualHigh, low, high }, value) {
    // the ends of the slider, if there is one
    const [least, most] = [usualLow ?? low ?? -Infinity, usualHigh ?? high ?? Infinity];
    const isBounded = most < Infinity;
    if (!Number.isFinite(value)) {
      return isBounded
        ? text('Type a number from {1} to {2} for {0}.', argument, least, most)
        : text('Type a number for {0}, at least {1}.', argument, least);
    }
    if (value < least || value > most) {
      return isBounded
        ? text('Take {0} between {1} and {2}: {3} is beyond.', argument, least, most, value)
        : text('Take {1} or more for {0}: {2} is too little.', argument, least, value);
    }
    if (kind !== 'integer' || Number.isInteger(value)) return null;
    const below = Math.floor(value);
    return text('Take a whole number for {0}: {1} or {2}, not {3}.', argument, below, below + 1, value);
  }

  function check(family, given) {
    for (const setting of settingsOf(family)) {
      const value = given[setting.argument];
      if (setting.kind === 'choice' || (value === null && setting.optional)) continue;
      const wrong = setting.perStage ? listComplaint(setting, value) : complaint(setting, value ?? Number.NaN);
      if (wrong) refuse(setting.argument, wrong);
    }
  }

  function listComplaint(setting, values) {
    if (!values?.length) return text('Type a number for every stage into {0}, commas between.', setting.argument);
    return values.map((value) => complaint(setting, value)).find(Boolean);
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
    return { widths: widths(net), stages: stageWidths(net), ...window.mmchan.count(net) };
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

  /** A value for an optional argument that was None: its default's, else that of the first variant with one, its own first. */
  function typical(family, { argument, initial, usualLow }) {
    const variants = [...variantsOf(family), ...window.mmchan.variants];
    const values = variants.map((variant) => variant.arguments[argument]);
    return initial ?? values.find((value) => value !== null && value !== undefined) ?? usualLow;
  }

  // what a family without named variants opens with, from a variant of the family that refines it
  const openings = {
    anynet: {
      like: 'regnetx-200mf',
      argumentsOf: (net, { group_width: group }) => (
        { widths: stageWidths(net), depths: stageDepths(net), group_widths: stageWidths(net).map(() => group) }
      ),
    },
    anyrexnet: {
      like: 'rexnet-1.0x',
      argumentsOf: (net) => {
        const blocks = net.stages.flat().map(({ convs }) => convs);
        const strides = blocks.map((convs) => Math.max(...convs.map(({ stride }) => stride)));
        return { widths: widths(net), expand_ratios: blocks.map((convs) => convs.at(-1).in / convs[0].in), strides };
      },
    },
  };

  /** What a family opens with: {like, given}, the variant that it is compared with and all arguments. */
  function openingOf(family) {
    const { start } = families[family];
    const { like, argumentsOf } = openings[family] ?? { like: start };
    const variant = window.mmchan.variants.find(({ name }) => name === like);
    if (!variant) return null;
    if (!argumentsOf) return { like: variant, given: complete(family, variant.arguments) };
    const all = complete(variant.family, variant.arguments);
    return { like: variant, given: complete(family, argumentsOf(planOf(variant.family, all), all)) };
  }

  /** The variant with just these settings, or undefined; what has no slider tells only where it is no default. */
  function publishedAs(family, given) {
    const isSame = (variant) => {
      const all = complete(family, variant.arguments);
      return families[family].parameters.every(({ argument, initial, fixed }) => (
        equal(all[argument], given[argument])
        || (fixed && !equal(all[argument], initial) && equal(given[argument], initial))
      ));
    };
    return variantsOf(family).find(isSame);
  }

  /** The series that a network is of, near a variant: RegNet with squeeze-excitation is RegNetY. */
  function seriesNear(family, given, variant) {
    const has = (all) => settingsOf(family).map(({ argument }) => all[argument] !== null).join();
    const kin = (other) => has(complete(other.family, other.arguments)) === has(given);
    const variants = variantsOf(family);
    return (variants.includes(variant) ? [variant, ...variants] : variants).find(kin)?.series
      ?? families[family].series;
  }

  function python(value) {
    const constants = new Map([[null, 'None'], [true, 'True'], [false, 'False']]);
    if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
    return constants.get(value) ?? (typeof value === 'string' ? `'${value}'` : String(value));
  }

  function archOf(family, given) {
    const { parameters } = families[family];
    const changed = parameters.filter((one) => one.required || !equal(one.initial, given[one.argument]));
    const values = changed.map((one) => `${one.argument}=${python(given[one.argument])}`);
    return inLines([`family='${family}'`, ...values]);
  }

  /** A dict in as many lines as it takes. */
  function inLines(items) {
    const lines = items.reduce((all, item) => {
      const longer = [...all.slice(-1), item].join(', ');
      return all.length && longer.length <= LINE ? [...all.slice(0, -1), longer] : [...all, item];
    }, []);
    return lines.length === 1 ? `dict(${lines[0]})` : `dict(\n${lines.map((line) => `    ${line},\n`).join('')})`;
  }

  /** A config's lines in Python; `in_channels` is asked of the plan, as in the configs of the package. */
  function configSnippet(family, given, type = families[family].type) {
    const published = publishedAs(family, given);
    return [
      'from mmchan.channels import out_channels',
      '',
      `arch = ${published ? `'${published.name}'` : archOf(family, given)}`,
      'model = dict(',
      '    backbone=dict(',
      '        _delete_=True,',
      `        type='${type}',`,
      '        arch=arch),',
      '    head=dict(in_channels=out_channels(arch)),',
      ')',
      '',
    ].join('\n');
  }

  const inAddress = (value) => (value === null ? 'None' : String(value));

  /** The arguments that differ from others, as text for an address. */
  function differing(family, given, others) {
    const changed = families[family].parameters.filter(({ argument }) => !equal(given[argument], others[argument]));
    return Object.fromEntries(changed.map(({ argument }) => [argument, inAddress(given[argument])]));
  }

  function fromAddress({ kind, choices, perStage }, words) {
    if (words === 'None') return null;
    if (kind === 'choice') return choices.find((one) => String(one) === words);
    return perStage ? numbersIn(words) : Number(words || Number.NaN);
  }

  /** The entries of a list as people write it. */
  const entriesIn = (words) => words.split(/[\s,;·]+/).filter(Boolean);

  /** The numbers of a list as people write it; null where there is none. */
  function numbersIn(words) {
    const found = entriesIn(words).map(Number);
    return found.length ? found : null;
  }

  /** All arguments: others, changed by what stands in an address. */
  function changedBy(family, others, values) {
    const given = { ...others };
    for (const parameter of families[family].parameters) {
      const words = values.get(parameter.argument);
      const value = words === null ? undefined : fromAddress(parameter, words);
      if (value !== undefined) given[parameter.argument] = value;
    }
    return given;
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
    openingOf,
    entriesIn,
    numbersIn,
    differing,
    changedBy,
    publishedAs,
    seriesNear,
    configSnippet,
  });
})();
