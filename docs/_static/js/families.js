// The plans of mmchan/families/ in JavaScript, for the families that the explorer draws. All arguments
// of a family, in camel case, become a plan: stem, stages of blocks, penultimate convolution, hidden layers of the
// head. A convolution is {in, out, kernel, stride, groups, bias, norm}; a block is {convs, squeeze, squeezeAfter,
// projection}. Ranges and defaults come from the families' records, see explorer-settings.js.
'use strict';
window.mmchan ??= {};

(() => {
  const { text, refuse, round, makeDivisible, roundWidth, linearWidths, quantizedLinearWidths } = window.mmchan;
  const { compoundScaling, fitGroupWidth } = window.mmchan;

  const EXPAND_RATIO = 6;
  const STEM_WIDTH = 32;
  const PENULTIMATE_WIDTH = 1280;
  const MOST_STAGES = 6;
  const REXNET = { depths: [1, 2, 2, 3, 3, 5], strides: [1, 2, 2, 2, 1, 2], plainGroups: 2, hidden: 1024 };
  const EFFICIENTNET = {
    widths: [16, 24, 40, 80, 112, 192, 320],
    depths: [1, 2, 2, 3, 3, 4, 1],
    strides: [1, 2, 2, 2, 1, 2, 1],
    kernels: [3, 3, 5, 3, 5, 5, 3],
  };
  const MOBILENET_V2 = {
    widths: [16, 24, 32, 64, 96, 160, 320],
    depths: [1, 2, 3, 4, 3, 3, 1],
    strides: [1, 2, 2, 2, 1, 2, 1],
  };

  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const perBlock = (widths, depths) => widths.flatMap((width, group) => Array(depths[group]).fill(width));
  const expandedBy6 = (inChannels, group) => (group === 0 ? inChannels : inChannels * EXPAND_RATIO);

  function conv(inChannels, outChannels, { kernel = 1, stride = 1, groups = 1, bias = false, norm = true } = {}) {
    if (!(outChannels >= 1)) refuse('widths', text('A width comes out as {0}: make the network wider.', outChannels));
    return { in: inChannels, out: outChannels, kernel, stride, groups, bias, norm };
  }

  const stem = (width, stride) => conv(3, width, { kernel: 3, stride });

  function squeezeConvs(channels, squeezed, norm) {
    return [conv(channels, squeezed, { bias: true, norm }), conv(squeezed, channels, { bias: true, norm: false })];
  }

  function invertedBottleneck(inChannels, expanded, width, { stride, kernel = 3, squeeze = [] }) {
    const expand = expanded === inChannels ? [] : [conv(inChannels, expanded)];
    const depthwise = conv(expanded, expanded, { kernel, stride, groups: expanded });
    const convs = [...expand, depthwise, conv(expanded, width)];
    return { convs, squeeze, squeezeAfter: expand.length, projection: null };
  }

  /** Groups of blocks: one of stride 2 opens a stage, one of stride 1 continues it. */
  function inStages(block, widths, depths, strides) {
    const stages = [];
    let number = 0;
    depths.forEach((depth, group) => {
      if (group === 0 || strides[group] === 2) stages.push([]);
      for (let index = 0; index < depth; index += 1, number += 1) {
        const stride = index === 0 ? strides[group] : 1;
        stages.at(-1).push(block(widths[number], widths[number + 1], { stride, group }));
      }
    });
    return stages;
  }

  /** A value for each stage, or the default of all. */
  function perStage(argument, values, { count, initial }) {
    const all = values ?? Array(count).fill(initial);
    if (all.length !== count) {
      const numbers = [argument, all.length, count];
      refuse(argument, text('Give {0} a number for each of the {2} stages of widths: {1} stand there.', ...numbers));
    }
    return all;
  }

  /** AnyNet: stages of residual bottlenecks with everything free. */
  function anynet(given) {
    const count = given.widths.length;
    if (count > MOST_STAGES) {
      refuse('widths', text('Take some {0} away: of {1} stages, {2} are possible.', 'widths', count, MOST_STAGES));
    }
    const depths = perStage('depths', given.depths, { count });
    const groupWidths = perStage('group_widths', given.groupWidths, { count });
    const ratios = perStage('bottleneck_ratios', given.bottleneckRatios, { count, initial: 1 });
    const strides = perStage('strides', given.strides, { count, initial: 2 });
    let inChannels = given.stemWidth;
    const stages = given.widths.map((width, stage) => {
      const fitted = fittedStage(width, groupWidths[stage], ratios[stage], given.rounding);
      const first = residualBottleneck(inChannels, fitted, strides[stage], given);
      inChannels = fitted.width;
      const others = depths[stage] > 1 && residualBottleneck(inChannels, fitted, 1, given);
      return [first, ...Array(depths[stage] - 1).fill(others)]; // which are all the same
    });
    return { stem: stem(given.stemWidth, given.stemStride), stages, penultimate: null, head: [] };
  }

  function fittedStage(width, group, ratio, rounding) {
    if (rounding !== 'none') return fitGroupWidth(width, group, ratio, rounding);
    const bottleneck = round(width * ratio);
    if (bottleneck < 1 || bottleneck % group !== 0) {
      refuse('group_widths', text('Change group_widths or widths, or set rounding to pycls, which fits them to each '
        + 'other: groups of {0} channels do not divide a bottleneck of {1}.', group, bottleneck));
    }
    return { width, bottleneck, group };
  }

  /** RegNetX, and RegNetY with squeeze-excitation: an AnyNet whose widths and depths follow a line. */
  function regnet(given) {
    const runs = [];
    for (const width of quantizedLinearWidths(given.w0, given.wa, given.wm, given.depth, given.divisor)) {
      if (runs.length && runs.at(-1).width === width) runs.at(-1).depth += 1;
      else runs.push({ width, depth: 1 });
    }
    if (runs.length > MOST_STAGES) {
      refuse('wm', text('Raise wm, or lower wa or depth: of the {0} stages of these numbers, {1} are possible.',
        runs.length, MOST_STAGES));
    }
    return anynet({
      ...given,
      widths: runs.map((run) => run.width),
      depths: runs.map((run) => run.depth),
      groupWidths: runs.map(() => given.groupWidth),
      bottleneckRatios: runs.map(() => given.bottleneckRatio),
    });
  }

  function residualBottleneck(inChannels, { width, bottleneck, group }, stride, { seRatio, style }) {
    const [first, middle] = style === 'caffe' ? [stride, 1] : [1, stride];
    const convs = [
      conv(inChannels, bottleneck, { stride: first }),
      conv(bottleneck, bottleneck, { kernel: 3, stride: middle, groups: bottleneck / group }),
      conv(bottleneck, width),
    ];
    const hasGate = seRatio !== null;
    const squeeze = hasGate ? squeezeConvs(bottleneck, Math.max(1, round(seRatio * inChannels)), false) : [];
    const projected = inChannels !== width || stride !== 1;
    return { convs, squeeze, squeezeAfter: 1, projection: projected ? conv(inChannels, width, { stride }) : null };
  }

  /** AnyReXNet: groups of inverted bottlenecks with everything free. */
  function anyrexnet(given) {
    const count = given.widths.length;
    const depths = perStage('depths', given.depths, { count, initial: 1 });
    const ratios = perStage('expand_ratios', given.expandRatios, { count, initial: EXPAND_RATIO });
    const kernels = perStage('kernel_sizes', given.kernelSizes, { count, initial: 3 });
    const strides = perStage('strides', given.strides, { count, initial: 2 });
    const even = kernels.find((size) => size % 2 === 0);
    if (even !== undefined) {
      const around = [even - 1, even + 1, even];
      refuse('kernel_sizes', text('Take an odd number for {0}: {1} or {2}, not {3}.', 'kernel_sizes', ...around));
    }
    const block = (inChannels, width, { stride, group }) => {
      const expanded = round(inChannels * ratios[group]);
      const squeezed = Math.max(1, Math.trunc(expanded * given.seRatio + 1e-9));
      const squeeze = given.seRatio === null ? [] : squeezeConvs(expanded, squeezed, true);
      const made = invertedBottleneck(inChannels, expanded, width, { stride, kernel: kernels[group], squeeze });
      if (given.convolution === 'full') made.convs.at(-2).groups = 1;
      return made;
    };
    const every = perBlock(given.widths, depths);
    const last = given.penultimateWidth;
    return {
      stem: stem(given.stemWidth, given.stemStride),
      stages: inStages(block, [given.stemWidth, ...every], depths, strides),
      penultimate: last === null ? null : conv(every.at(-1), last),
      head: [],
    };
  }

  /** ReXNet: widths that grow linearly with the block. */
  function rexnet({ firstWidth, totalGrowth, widthMult, depthMult, divisor, seRatio, stemStride }) {
    const depths = REXNET.depths.map((depth) => Math.ceil(depth * depthMult));
    const widths = linearWidths(firstWidth, totalGrowth, sum(depths), { scale: widthMult, divisor });
    const exact = Math.trunc(PENULTIMATE_WIDTH * widthMult);
    const last = divisor > 1 ? roundWidth(PENULTIMATE_WIDTH * widthMult, divisor) : exact;
    const block = (inChannels, width, { stride, group }) => {
      const expanded = group === 0 ? inChannels : roundWidth(inChannels * EXPAND_RATIO, divisor);
      const hasGate = seRatio !== null && group >= REXNET.plainGroups;
      const squeezed = hasGate && roundWidth(Math.trunc(expanded * seRatio + 1e-9), divisor);
      const squeeze = hasGate ? squeezeConvs(expanded, squeezed, true) : [];
      return invertedBottleneck(inChannels, expanded, width, { stride, squeeze });
    };
    const first = rexnetStem(widthMult, divisor);
    return {
      stem: stem(first, stemStride),
      stages: inStages(block, [first, ...widths], depths, REXNET.strides),
      penultimate: conv(widths.at(-1), last),
      head: [],
    };
  }

  /** ReXNet-lite: no squeeze-excitation, a hidden layer in the head. */
  function rexnetLite({ firstWidth, totalGrowth, widthMult, divisor, stemStride }) {
    const blocks = sum(REXNET.depths);
    const widths = linearWidths(firstWidth, totalGrowth, blocks, { scale: widthMult, divisor, steps: blocks - 1 });
    const last = Math.trunc(PENULTIMATE_WIDTH * Math.max(1, widthMult));
    const block = (inChannels, width, { stride, group }) =>
      invertedBottleneck(inChannels, expandedBy6(inChannels, group), width, { stride });
    const first = rexnetStem(widthMult, divisor);
    return {
      stem: stem(first, stemStride),
      stages: inStages(block, [first, ...widths], REXNET.depths, REXNET.strides),
      penultimate: conv(widths.at(-1), last),
      head: [conv(last, REXNET.hidden, { bias: true })],
    };
  }

  function rexnetStem(widthMult, divisor) {
    return roundWidth((widthMult < 1 ? STEM_WIDTH / widthMult : STEM_WIDTH) * widthMult, divisor);
  }

  /** EfficientNet: widths and depths of a searched network, scaled as a whole. */
  function efficientnet({ widthMult, depthMult, divisor, seRatio, stemStride }) {
    const { widths, depths } = compoundScaling(EFFICIENTNET.widths, EFFICIENTNET.depths, { widthMult, depthMult, divisor });
    const block = (inChannels, width, { stride, group }) => {
      const expanded = expandedBy6(inChannels, group);
      const hasGate = seRatio !== null;
      const squeeze = hasGate ? squeezeConvs(expanded, Math.max(1, Math.trunc(inChannels * seRatio)), false) : [];
      return invertedBottleneck(inChannels, expanded, width, { stride, kernel: EFFICIENTNET.kernels[group], squeeze });
    };
    const first = makeDivisible(STEM_WIDTH * widthMult, divisor);
    return {
      stem: stem(first, stemStride),
      stages: inStages(block, [first, ...perBlock(widths, depths)], depths, EFFICIENTNET.strides),
      penultimate: conv(widths.at(-1), makeDivisible(PENULTIMATE_WIDTH * widthMult, divisor)),
      head: [],
    };
  }

  /** EfficientNet-lite: stem and end keep their width, the first and the last group their depth. */
  function efficientnetLite({ widthMult, depthMult, divisor, stemStride }) {
    const scaled = compoundScaling(EFFICIENTNET.widths, EFFICIENTNET.depths, { widthMult, depthMult, divisor });
    const depths = [EFFICIENTNET.depths[0], ...scaled.depths.slice(1, -1), EFFICIENTNET.depths.at(-1)];
    const block = (inChannels, width, { stride, group }) => {
      const expanded = expandedBy6(inChannels, group);
      return invertedBottleneck(inChannels, expanded, width, { stride, kernel: EFFICIENTNET.kernels[group] });
    };
    return {
      stem: stem(STEM_WIDTH, stemStride),
      stages: inStages(block, [STEM_WIDTH, ...perBlock(scaled.widths, depths)], depths, EFFICIENTNET.strides),
      penultimate: conv(scaled.widths.at(-1), PENULTIMATE_WIDTH),
      head: [],
    };
  }

  /** MobileNetV2: widths of the paper, or widths that grow linearly with the block. */
  function mobilenetV2({ widthMult, totalGrowth, divisor, stemStride }) {
    const { depths, strides } = MOBILENET_V2;
    const scaled = MOBILENET_V2.widths.map((width) => makeDivisible(width * widthMult, divisor));
    const options = { scale: widthMult, divisor, steps: sum(depths) - 1 };
    const linear = () => linearWidths(MOBILENET_V2.widths[0], totalGrowth, sum(depths), options);
    const widths = totalGrowth === null ? perBlock(scaled, depths) : linear();
    const block = (inChannels, width, { stride, group }) =>
      invertedBottleneck(inChannels, expandedBy6(inChannels, group), width, { stride });
    const first = makeDivisible(STEM_WIDTH * widthMult, divisor);
    return {
      stem: stem(first, stemStride),
      stages: inStages(block, [first, ...widths], depths, strides),
      penultimate: conv(widths.at(-1), makeDivisible(PENULTIMATE_WIDTH * Math.max(1, widthMult), divisor)),
      head: [],
    };
  }

  const plans = {
    anynet,
    regnet,
    anyrexnet,
    rexnet,
    rexnet_lite: rexnetLite,
    efficientnet,
    efficientnet_lite: efficientnetLite,
    mobilenet_v2: mobilenetV2,
  };
  const blockWidth = (block) => block.convs.at(-1).out;

  /** Output channels of every block, or of every stage's last block. */
  const widths = (net) => net.stages.flat().map(blockWidth);
  const stageWidths = (net) => net.stages.map((stage) => blockWidth(stage.at(-1)));

  const stageDepths = (net) => net.stages.map((stage) => stage.length);

  Object.assign(window.mmchan, { conv, plans, widths, stageWidths, stageDepths });
})();
