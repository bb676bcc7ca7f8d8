// The settings that the explorer offers, as data, and the config that they make.
'use strict';
window.mmchan ??= {};

(() => {
  // argument of the family's function, words for people, range of the slider, default
  const firstWidth = { argument: 'first_width', label: 'First width', min: 4, max: 64, step: 1, initial: 16 };
  const growth = { argument: 'total_growth', label: 'Growth (total)', min: 0, max: 400, step: 1 };
  const widthMult = { argument: 'width_mult', label: 'Width multiplier', min: 0.3, max: 3, step: 0.05, initial: 1 };
  const divisor = { argument: 'divisor', label: 'Divisor', min: 1, max: 16, step: 1 };

  const explorerFamilies = {
    regnet: {
      title: 'RegNet',
      type: 'mmchan.RegNet',
      start: 'regnetx-400mf',
      settings: [
        { argument: 'w0', label: 'Initial width w₀', min: 8, max: 320, step: 8 },
        { argument: 'wa', label: 'Slope wₐ', min: 0, max: 150, step: 0.01 },
        { argument: 'wm', label: 'Multiplier wₘ', min: 1.1, max: 4, step: 0.01 },
        { argument: 'depth', label: 'Depth (blocks)', min: 1, max: 40, step: 1 },
        { argument: 'group_width', label: 'Group width', min: 1, max: 264, step: 1 },
        { argument: 'se_ratio', label: 'SE ratio (0: none)', min: 0, max: 1, step: 0.05, initial: 0 },
        { argument: 'rounding', label: 'Rounding', choices: ['pycls', 'torchvision'], initial: 'pycls' },
      ],
    },
    rexnet: {
      title: 'ReXNet',
      type: 'mmchan.ReXNet',
      start: 'rexnet-1.0x',
      settings: [
        firstWidth,
        { ...growth, initial: 180 },
        widthMult,
        { argument: 'depth_mult', label: 'Blocks (depth multiplier)', min: 0.2, max: 3, step: 0.1, initial: 1 },
        { ...divisor, initial: 1 },
      ],
    },
    rexnet_lite: {
      title: 'ReXNet-lite',
      type: 'mmchan.ReXNetLite',
      start: 'rexnet-lite-1.0x',
      settings: [firstWidth, { ...growth, initial: 164 }, widthMult, { ...divisor, initial: 8 }],
    },
  };

  const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

  /** All arguments of a family: those given, the defaults of the others. */
  function complete(family, given) {
    const settings = explorerFamilies[family].settings;
    return Object.fromEntries(settings.map((one) => [one.argument, given[one.argument] ?? one.initial]));
  }

  /** Widths, stage widths and cost of a family's arguments. */
  function evaluate(family, given) {
    const named = Object.entries(complete(family, given)).map(([name, value]) => [camel(name), value]);
    const net = window.mmchan.plan(family, Object.fromEntries(named));
    return { widths: window.mmchan.widths(net), stages: window.mmchan.stageWidths(net), ...window.mmchan.count(net) };
  }

  function python(value) {
    return typeof value === 'string' ? `'${value}'` : String(value);
  }

  /** The published variant with just these arguments, or undefined. */
  function publishedAs(family, given) {
    const same = (variant) => {
      const published = Object.entries(complete(family, variant.arguments));
      return published.every(([name, value]) => value === given[name]);
    };
    return window.mmchan.variants.find((variant) => variant.family === family && same(variant));
  }

  /** A config's lines in Python; `in_channels` is asked of the plan, as in the configs of the package. */
  function configSnippet(family, given) {
    const { settings, type } = explorerFamilies[family];
    const changed = settings.filter((one) => given[one.argument] !== one.initial);
    const values = changed.map((one) => `${one.argument}=${python(given[one.argument])}`);
    const published = publishedAs(family, given);
    const arch = published ? `'${published.name}'` : `dict(${[`family='${family}'`, ...values].join(', ')})`;
    return [
      'from mmchan.channels import out_channels',
      '',
      `arch = ${arch}`,
      'model = dict(',
      `    backbone=dict(_delete_=True, type='${type}', arch=arch),`,
      '    head=dict(in_channels=out_channels(arch)),',
      ')',
      '',
    ].join('\n');
  }

  Object.assign(window.mmchan, { explorerFamilies, complete, evaluate, publishedAs, configSnippet });
})();
