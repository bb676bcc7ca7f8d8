// Copies what an element says.
'use strict';
window.mmchan ??= {};

(() => {
  /** Copy an element's text, and say so in another one. */
  async function copyText(element, said) {
    try {
      await navigator.clipboard.writeText(element.textContent);
    } catch {
      // pages from file:// and plain http have no clipboard; there, selecting and copying still works
      window.getSelection().selectAllChildren(element);
      document.execCommand('copy');
    }
    said.textContent = 'Copied.';
  }

  Object.assign(window.mmchan, { copyText });
})();
