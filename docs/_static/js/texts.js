// Words that scripts show, in the page's language. English stands in the scripts; a page in another language
// brings `mmchan.translations`, a table from the English words to its own.
'use strict';
window.mmchan ??= {};

/** `text('{0} of {1} networks', 3, 90)`: the words in the page's language, the braces filled in. */
mmchan.text = (words, ...values) =>
  (mmchan.translations?.[words] ?? words).replace(/\{(\d)\}/g, (_, place) => values[place]);

/** Put the words of an element, those seen and those read out, into the page's language. */
mmchan.translate = (root) => {
  const inLanguage = (words) => mmchan.text(words.trim().replace(/\s+/g, ' '));
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data } = walker.currentNode;
    if (data.trim()) walker.currentNode.data = data.replace(data.trim(), () => inLanguage(data));
  }
  for (const name of ['aria-label', 'placeholder']) {
    for (const one of root.querySelectorAll(`[${name}]`)) one.setAttribute(name, inLanguage(one.getAttribute(name)));
  }
};
