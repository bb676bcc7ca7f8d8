// Loads the network of the page that classifies a photograph, once somebody wants it, and runs it. Scripts bring
// everything, compressed and as text: that works from file:// too, and asks nothing of another server.
'use strict';
window.mmchan ??= {};

(() => {
  const FOLDER = new URL('../photo/', document.currentScript.src);
  const loaded = new Map();

  function script(name) {
    if (!loaded.has(name)) {
      loaded.set(name, new Promise((resolve, reject) => {
        const element = document.createElement('script');
        element.src = new URL(name, FOLDER);
        element.addEventListener('load', resolve);
        element.addEventListener('error', () => {
          loaded.delete(name); // to be tried again
          reject(new Error(window.mmchan.text('{0} could not be loaded; try again.', name)));
        });
        document.head.append(element);
      }));
    }
    return loaded.get(name);
  }

  /** A function that does something once, and after a failure again. */
  function once(task) {
    let promise = null;
    return () => {
      promise ??= task().catch((error) => {
        promise = null;
        throw error;
      });
      return promise;
    };
  }

  function bytes(text) {
    const characters = atob(text);
    const found = new Uint8Array(characters.length);
    for (let at = 0; at < characters.length; at += 1) found[at] = characters.charCodeAt(at);
    return found;
  }

  async function unpacked(text) {
    const stream = new Blob([bytes(text)]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  /** Start onnxruntime-web: one thread, no worker, its WebAssembly given. */
  const runtime = once(async () => {
    await script('library.js');
    await script('runtime.js');
    const { glue, wasm } = window.mmchan.photoRuntime;
    const { env } = window.ort;
    env.wasm.numThreads = 1;
    env.wasm.wasmBinary = await unpacked(wasm);
    env.wasm.wasmPaths = { mjs: URL.createObjectURL(new Blob([glue], { type: 'text/javascript' })) };
    window.mmchan.photoRuntime = null; // 5 MB that nobody needs any more
  });

  /** The network, {model, session}; it is loaded at the first call. */
  const network = once(async () => {
    await runtime();
    await script('model.js');
    const { onnx, ...model } = window.mmchan.photoModel;
    const session = await window.ort.InferenceSession.create(await unpacked(onnx), { executionProviders: ['wasm'] });
    window.mmchan.photoModel = null;
    return { model, session };
  });

  function softmax(logits) {
    const most = Math.max(...logits);
    const powers = Array.from(logits, (one) => Math.exp(one - most));
    const sum = powers.reduce((total, one) => total + one, 0);
    return powers.map((one) => one / sum);
  }

  /** The `count` largest of some numbers, [index, number], the largest first. */
  const largest = (numbers, count) => [...numbers.entries()].sort((a, b) => b[1] - a[1]).slice(0, count);

  /**
   * Classify a photograph.
   * @param {{data, width, height}} image RGBA, as a canvas gives it
   * @returns classes {name, probability}, the pixels that the network saw, activations and usual ones per
   *   channel, and the milliseconds of the network alone
   */
  async function classify(image) {
    const { model, session } = await network();
    const pixels = window.mmchan.photoInput.centre(image, model);
    const input = window.mmchan.photoInput.normalised(pixels, model);
    const tensor = new window.ort.Tensor('float32', input, [1, 3, model.size, model.size]);
    const before = performance.now();
    const { logits, activations } = await session.run({ [session.inputNames[0]]: tensor });
    const milliseconds = performance.now() - before;
    const top = largest(softmax(logits.data), 5);
    const classes = top.map(([label, probability]) => ({ name: model.classes[label], probability }));
    return { classes, pixels, size: model.size, activations: activations.data, usual: model.usual, milliseconds };
  }

  /** The address of a sample, with its pixels in it. */
  async function sample(name) {
    await script('samples.js');
    return window.mmchan.photoSamples[name];
  }

  /** What a browser lacks, or nothing. */
  const isPossible = () => 'WebAssembly' in window && 'DecompressionStream' in window && 'createImageBitmap' in window;

  window.mmchan.photoNetwork = { FOLDER, classify, sample, isPossible };
})();
