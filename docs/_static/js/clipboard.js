// Copies what an element says, or the page's address, and says so until what was copied is no longer there.
'use strict';
window.mmchan ??= {};

(() => {
  /** Copy text that stands in an element, or that is selected in one made for it. */
  async function put(text, element) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // pages from file:// and plain http have no clipboard; there, selecting and copying still works
      window.getSelection().selectAllChildren(element);
      document.execCommand('copy');
    }
  }

  /** Copy an element's text, and say so in another one. */
  async function copyText(element, said) {
    await put(element.textContent, element);
    said.textContent = window.mmchan.text('Copied.');
  }

  /** Copy the page's address with all that is set, and say so. */
  async function copyLink(said) {
    window.mmchan.address.write();
    const shown = window.mmchan.html('span', {}, window.location.href);
    said.replaceChildren(shown);
    await put(window.location.href, shown);
    said.textContent = window.mmchan.text('Link copied.');
  }

  Object.assign(window.mmchan, { copyText, copyLink });
})();
