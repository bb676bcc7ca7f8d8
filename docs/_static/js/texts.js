// Words that scripts show, in the page's language. English stands in the scripts; a page in another language
// brings `mmchan.translations`, a table from the English words to its own.
'use strict';
window.mmchan ??= {};

/** `text('{0} of {1} networks', 3, 90)`: the words in the page's language, the braces filled in. */
mmchan.text = (words, ...values) =>
  (mmchan.translations?.[words] ?? words).replace(/\{(\d)\}/g, (_, place) => values[place]);
