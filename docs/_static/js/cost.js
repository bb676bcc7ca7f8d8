// The cost of a plan: mmchan/channels/cost.py in JavaScript. All numbers are integers below 2^53.
'use strict';
window.mmchan ??= {};

(() => {
  const { conv } = window.mmchan;

  /** Parameters, MACs and activations of a network for one square image. */
  function count(net, resolution = 224, numClasses = 1000) {
    const total = { parameters: 0, macs: 0, activations: 0 };
    const add = (layer, side) => {
      const weights = (layer.kernel ** 2 * layer.in * layer.out) / layer.groups;
      const biases = layer.bias ? layer.out : 0;
      total.parameters += weights + biases + (layer.norm ? 2 * layer.out : 0);
      total.macs += (weights + biases) * side ** 2;
      total.activations += layer.out * side ** 2;
    };
    let side = outSide(net.stem, resolution);
    add(net.stem, side);
    for (const block of net.stages.flat()) side = addBlock(block, side, add);
    if (net.penultimate) add(net.penultimate, side);
    for (const layer of [...net.head, classifier(net, numClasses)]) add(layer, 1);
    return total;
  }

  function addBlock(block, side, add) {
    let inside = side;
    block.convs.forEach((layer, index) => {
      inside = outSide(layer, inside);
      add(layer, inside);
      if (index === block.squeezeAfter) block.squeeze.forEach((squeeze) => add(squeeze, 1));
    });
    if (block.projection) add(block.projection, inside);
    return inside;
  }

  function classifier(net, numClasses) {
    const last = net.head.at(-1) ?? net.penultimate ?? net.stages.at(-1).at(-1).convs.at(-1);
    return conv(last.out, numClasses, { bias: true, norm: false });
  }

  function outSide(layer, side) {
    return Math.ceil(side / layer.stride); // the padding keeps the size at stride 1
  }

  Object.assign(window.mmchan, { count });
})();
