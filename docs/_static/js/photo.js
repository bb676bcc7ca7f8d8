// Drop a photograph: fills every <div class="mm-photo" data-widths data-samples data-megabytes> of a page.
'use strict';

(() => {
  const { html, photoBars, photoNetwork, text } = window.mmchan;
  const percent = (share) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

  /** RGBA of a photograph, upright, in the values that its file has; on white where it is transparent. */
  async function pixelsOf(blob) {
    const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
    const canvas = html('canvas', { width: bitmap.width, height: bitmap.height });
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.fillStyle = '#fff';
    context.fillRect(0, 0, bitmap.width, bitmap.height);
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, bitmap.width, bitmap.height);
  }

  /** What the network saw, as a picture. */
  function square(pixels, size) {
    const canvas = html('canvas', { width: size, height: size, role: 'img', 'aria-label': text('The square that the network sees') });
    const image = new ImageData(size, size);
    for (let at = 0; at < size * size; at += 1) {
      image.data.set(pixels.subarray(at * 3, at * 3 + 3), at * 4);
      image.data[at * 4 + 3] = 255;
    }
    canvas.getContext('2d').putImageData(image, 0, 0);
    return canvas;
  }

  function classList(classes) {
    return html('ol', { class: 'mm-photo-classes' }, ...classes.map(({ name, probability }) => {
      const row = html('li', {}, html('span', { lang: 'en' }, name), html('strong', {}, percent(probability)));
      row.style.setProperty('--share', `${100 * probability}%`);
      return row;
    }));
  }

  class Photo {
    constructor(element) {
      this.element = element;
      this.widths = element.dataset.widths.split(' ').map(Number);
      this.blocks = null;
      this.latest = 0; // of the photographs, so that a slow one does not replace a later one
      this.build(JSON.parse(element.dataset.samples));
    }

    build(samples) {
      this.status = html('p', { role: 'status', class: 'mm-photo-said' });
      this.found = html('div', { class: 'mm-photo-found', hidden: true });
      this.chart = html('div');
      this.table = html('div', { class: 'mm-scroll', tabindex: '0', role: 'region', 'aria-label': text('Activations of the blocks') });
      const summary = html('summary', {}, text('The same in numbers'));
      this.numbers = html('details', { class: 'mm-chooser mm-photo-numbers', hidden: true }, summary, this.table);
      const legend = text('One bar per block, as high as the block is wide, one stripe per channel. Full colour is twice as active as the channel is on the five samples.');
      const figure = html('figure', {}, this.chart, html('p', { class: 'mm-photo-legend' }, legend), this.numbers);
      this.element.append(this.zone(samples), this.status, html('div', { class: 'mm-photo-results' }, this.found, figure));
      this.draw();
    }

    zone(samples) {
      const input = html('input', { type: 'file', accept: 'image/*' });
      input.addEventListener('change', () => {
        if (input.files.length) this.show(input.files[0], input.files[0].name);
        input.value = ''; // the same file may be chosen again
      });
      const choose = html('label', { class: 'mm-button mm-main mm-photo-file' }, text('Choose a photograph'), input);
      const buttons = samples.map(([name, label]) => this.sampleButton(name, label));
      const group = html('div', { class: 'mm-photo-samples', role: 'group', 'aria-label': text('Samples') }, ...buttons);
      const zone = html('div', { class: 'mm-photo-drop' }, html('p', {}, choose, ' ', text('or drop one here, or take a sample:')), group);
      this.acceptDrops(zone);
      const promise = text('The first one loads the network, {0} MB, from this site. Photographs stay in this browser.', this.element.dataset.megabytes);
      zone.append(html('p', { class: 'mm-note' }, promise));
      return zone;
    }

    sampleButton(name, label) {
      const image = html('img', { src: new URL(`${name}.jpg`, photoNetwork.FOLDER), alt: '', width: 96, height: 72, loading: 'lazy' });
      const button = html('button', { type: 'button', class: 'mm-photo-sample' }, image, label);
      button.addEventListener('click', async () => {
        const take = () => photoNetwork.sample(name).then((url) => fetch(url)).then((response) => response.blob());
        this.show(take, label);
      });
      return button;
    }

    acceptDrops(zone) {
      const light = (event, on) => {
        event.preventDefault();
        zone.classList.toggle('mm-photo-over', on);
      };
      for (const kind of ['dragenter', 'dragover']) zone.addEventListener(kind, (event) => light(event, true));
      zone.addEventListener('dragleave', (event) => light(event, zone.contains(event.relatedTarget)));
      zone.addEventListener('drop', (event) => {
        light(event, false);
        const file = event.dataTransfer.files[0];
        if (file) this.show(file, file.name);
        else this.say(text('What was dropped is no file: save the picture and drop that.'));
      });
    }

    say(words, isError = false) {
      this.status.textContent = words;
      this.status.classList.toggle('mm-message', isError);
    }

    /** Classify a photograph, a blob or a function that gives one, and show what is found. */
    async show(photograph, name) {
      this.latest += 1;
      const own = this.latest;
      this.say(text('{0}: loading the network and looking …', name));
      try {
        const blob = typeof photograph === 'function' ? await photograph() : photograph;
        const image = await pixelsOf(blob).catch(() => {
          throw new Error(text('{0} is no image that this browser can read.', name));
        });
        const answer = await photoNetwork.classify(image);
        if (own === this.latest) this.present(answer, name);
      } catch (error) {
        if (own === this.latest) this.say(error.message, true);
      }
    }

    present({ classes, pixels, size, activations, usual, milliseconds }, name) {
      const [first] = classes;
      this.found.replaceChildren(square(pixels, size), classList(classes));
      this.found.hidden = false;
      this.blocks = photoBars.perBlock(this.widths, activations, usual);
      this.table.replaceChildren(photoBars.blockTable(this.blocks));
      this.numbers.hidden = false;
      this.draw();
      this.chart.classList.add('mm-photo-lights-up'); // the drawing is new: so is its animation
      const time = Math.max(1, Math.round(milliseconds));
      this.say(text('{0}: {1}, {2}. The network took {3} ms here.', name, first.name, percent(first.probability), time));
    }

    draw() {
      this.chart.classList.remove('mm-photo-lights-up'); // a drawing of another size is no news
      photoBars.drawBars(this.chart, this.widths, this.blocks);
    }
  }

  function start() {
    const elements = [...document.querySelectorAll('.mm-photo[data-widths]')];
    if (!photoNetwork.isPossible()) {
      const lacking = text('This browser lacks WebAssembly, DecompressionStream or createImageBitmap; a newer one has them.');
      for (const element of elements) element.textContent = lacking;
      return;
    }
    const all = elements.map((element) => new Photo(element));
    window.addEventListener('resize', () => all.forEach((one) => one.draw()));
  }

  document.addEventListener('DOMContentLoaded', start);
})();
