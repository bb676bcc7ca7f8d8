// What a tab hands over: the config of its network and the page's address, to be copied; it says so until what was
// copied is no longer there. `part` finds the elements of a tab by their names.
'use strict';
window.mmchan ??= {};

(() => {
  const { html, text, address } = window.mmchan;

  /** Copy text that stands in an element, or that is selected in one made for it. */
  async function put(words, element) {
    try {
      await navigator.clipboard.writeText(words);
    } catch {
      // pages from file:// and plain http have no clipboard; there, selecting and copying still works
      window.getSelection().selectAllChildren(element);
      document.execCommand('copy');
    }
  }

  async function copySnippet(part) {
    await put(part('snippet').textContent, part('snippet'));
    part('copied').textContent = text('Copied.');
  }

  /** Copy the page's address with all that is set. */
  async function copyLink(part) {
    address.write();
    const shown = html('span', {}, window.location.href);
    part('copied').replaceChildren(shown);
    await put(window.location.href, shown);
    part('copied').textContent = text('Link copied.');
  }

  function listenToCopies(part) {
    part('copy').addEventListener('click', () => copySnippet(part));
    part('link').addEventListener('click', () => copyLink(part));
  }

  /** Show a config. */
  function showSnippet(part, snippet) {
    part('snippet').tabIndex = 0; // the theme takes it from what was empty when the page came
    if (part('snippet').textContent === snippet) return;
    part('snippet').textContent = snippet;
    part('copied').textContent = ''; // that was another one
  }

  Object.assign(window.mmchan, { listenToCopies, showSnippet });
})();
