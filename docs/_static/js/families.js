// Families: mmchan/channels/families.py in JavaScript. Settings become a plan: stem, stages of blocks,
// penultimate convolution, hidden layers of the head. A convolution is {in, out, kernel, stride, groups,
// bias, norm}; a block is {convs, squeeze, squeezeAfter, projection}.
'use strict';
window.mmchan ??= {};

(() => {
  const { require, round, roundWidth, linearWidths, quantizedLinearWidths, fitGroupWidth } = window.mmchan;

  const REXNET_GROUP_DEPTHS = [1, 2, 2, 3, 3, 5];
  const REXNET_GROUP_STRIDES = [1, 2, 2, 2, 1, 2];
  const REXNET_PLAIN_GROUPS = 2; // groups at the start that have no squeeze-excitation
  const REXNET_EXPAND_RATIO = 6;
  const MOST_STAGES = 6;

  const sum = (values) => values.reduce((total, value) => total + value, 0);

  function conv(inChannels, outChannels, options = {}) {
    const defaults = { kernel: 1, stride: 1, groups: 1, bias: false, norm: true };
    return { in: inChannels, out: outChannels, ...defaults, ...options };
  }

  /** RegNetX, and RegNetY where seRatio is not 0. */
  function regnet({ w0, wa, wm, depth, groupWidth, seRatio = 0, rounding = 'pycls', stemWidth = 32 }) {
    require(seRatio >= 0 && seRatio <= 1, 'SE ratio', 'within [0, 1]', seRatio);
    const runs = [];
    for (const width of quantizedLinearWidths(w0, wa, wm, depth)) {
      if (runs.length && runs.at(-1).width === width) runs.at(-1).depth += 1;
      else runs.push({ width, depth: 1 });
    }
    const drawn = runs.map((run) => run.width).join(', ');
    require(runs.length <= MOST_STAGES, 'widths', `given for 1 to ${MOST_STAGES} stages`, drawn);
    let inChannels = stemWidth;
    const stages = runs.map((run) => {
      const [width, group] = fitGroupWidth(run.width, groupWidth, rounding);
      return Array.from({ length: run.depth }, (_, block) => {
        const built = residualBottleneck(inChannels, width, {
          stride: block === 0 ? 2 : 1,
          groups: width / group,
          seRatio,
        });
        inChannels = width;
        return built;
      });
    });
    return { stem: conv(3, stemWidth, { kernel: 3, stride: 2 }), stages, penultimate: null, head: [] };
  }

  function residualBottleneck(inChannels, width, { stride, groups, seRatio }) {
    const convs = [conv(inChannels, width), conv(width, width, { kernel: 3, stride, groups }), conv(width, width)];
    const squeeze = seRatio ? squeezeConvs(width, Math.max(1, round(seRatio * inChannels)), false) : [];
    const projected = inChannels !== width || stride !== 1;
    return { convs, squeeze, squeezeAfter: 1, projection: projected ? conv(inChannels, width, { stride }) : null };
  }

  function squeezeConvs(channels, squeezed, norm) {
    return [conv(channels, squeezed, { bias: true, norm }), conv(squeezed, channels, { bias: true, norm: false })];
  }

  /** ReXNet: widths that grow linearly with the block. */
  function rexnet({ firstWidth = 16, totalGrowth = 180, widthMult = 1, depthMult = 1, divisor = 1, seRatio = 1 / 12 }) {
    require(depthMult > 0, 'depth multiplier', '> 0', depthMult);
    const depths = REXNET_GROUP_DEPTHS.map((depth) => Math.ceil(depth * depthMult));
    const widths = linearWidths(firstWidth, totalGrowth, sum(depths), { scale: widthMult, divisor });
    const exact = Math.trunc(1280 * widthMult);
    const penultimate = divisor > 1 ? roundWidth(1280 * widthMult, divisor) : exact;
    const block = (inChannels, width, { stride, group }) => {
      const expanded = group === 0 ? inChannels : roundWidth(inChannels * REXNET_EXPAND_RATIO, divisor);
      let squeeze = [];
      if (seRatio && group >= REXNET_PLAIN_GROUPS) {
        const squeezed = roundWidth(Math.trunc(expanded * seRatio + 1e-9), divisor);
        squeeze = squeezeConvs(expanded, squeezed, true);
      }
      return invertedBottleneck(inChannels, expanded, width, { stride, squeeze });
    };
    return rexnetPlan(block, widths, depths, stemWidth(widthMult, divisor), penultimate, []);
  }

  /** ReXNet-lite: no squeeze-excitation, a hidden layer in the head. */
  function rexnetLite({ firstWidth = 16, totalGrowth = 164, widthMult = 1, divisor = 8 }) {
    const depths = REXNET_GROUP_DEPTHS;
    const numBlocks = sum(depths);
    const options = { scale: widthMult, divisor, steps: numBlocks - 1 };
    const widths = linearWidths(firstWidth, totalGrowth, numBlocks, options);
    const penultimate = Math.trunc(1280 * Math.max(1, widthMult));
    const block = (inChannels, width, { stride, group }) => {
      const expanded = group === 0 ? inChannels : inChannels * REXNET_EXPAND_RATIO;
      return invertedBottleneck(inChannels, expanded, width, { stride, squeeze: [] });
    };
    const head = [conv(penultimate, 1024, { bias: true })];
    return rexnetPlan(block, widths, depths, stemWidth(widthMult, divisor), penultimate, head);
  }

  function stemWidth(widthMult, divisor) {
    return roundWidth((widthMult < 1 ? 32 / widthMult : 32) * widthMult, divisor);
  }

  function invertedBottleneck(inChannels, expanded, width, { stride, squeeze }) {
    const expand = expanded === inChannels ? [] : [conv(inChannels, expanded)];
    const depthwise = conv(expanded, expanded, { kernel: 3, stride, groups: expanded });
    const convs = [...expand, depthwise, conv(expanded, width)];
    return { convs, squeeze, squeezeAfter: expand.length, projection: null };
  }

  function rexnetPlan(block, widths, depths, firstInput, penultimateWidth, head) {
    const inputs = [firstInput, ...widths];
    const stages = [];
    let number = 0;
    depths.forEach((depth, group) => {
      const groupStride = REXNET_GROUP_STRIDES[group];
      if (group === 0 || groupStride === 2) stages.push([]);
      for (let index = 0; index < depth; index += 1, number += 1) {
        const stride = index === 0 ? groupStride : 1;
        stages.at(-1).push(block(inputs[number], inputs[number + 1], { stride, group }));
      }
    });
    const stem = conv(3, firstInput, { kernel: 3, stride: 2 });
    return { stem, stages, penultimate: conv(widths.at(-1), penultimateWidth), head };
  }

  const families = { regnet, rexnet, rexnet_lite: rexnetLite };
  const blockWidth = (block) => block.convs.at(-1).out;

  /** The plan of a family's settings. */
  function plan(family, settings) {
    return families[family](settings);
  }

  /** Output channels of every block, or of every stage's last block. */
  const widths = (net) => net.stages.flat().map(blockWidth);
  const stageWidths = (net) => net.stages.map((stage) => blockWidth(stage.at(-1)));

  Object.assign(window.mmchan, { conv, plan, widths, stageWidths });
})();
