// What a person has set stands in the address, so that it survives a reload and can be sent as a link:
// #TAB?name=value&name=value. It is behind the # because pages from file:// may not change anything else.
'use strict';
window.mmchan ??= {};

(() => {
  const WAIT = 200; // ms that settings rest before they are written: browsers allow few changes of the address
  const states = new Map(); // tab -> URLSearchParams
  let open = null; // the tab that is open
  let timer = null;

  /** The tab that the address names, and what it says of it. */
  function read() {
    const [tab, ...rest] = window.location.hash.slice(1).split('?');
    return { tab, values: new URLSearchParams(rest.join('?')) };
  }

  const textOf = (tab, values) => `#${[tab, values?.toString()].filter(Boolean).join('?')}`;

  function write() {
    clearTimeout(timer);
    timer = null;
    const wanted = textOf(open, states.get(open));
    const isOpening = !window.location.hash && !states.get(open)?.size; // nothing is set: a plain address stays so
    if (open && !isOpening && wanted !== window.location.hash) window.history.replaceState(null, '', wanted);
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(write, WAIT);
  }

  /** What the address said of a tab when the page came, or says since. */
  function stateOf(tab) {
    const said = read();
    return said.tab === tab ? said.values : new URLSearchParams();
  }

  /** Keep what is set in a tab, names and values; those that are undefined or empty are left out. */
  function remember(tab, values) {
    const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
    states.set(tab, new URLSearchParams(given));
    if (tab === open) later();
  }

  /** Say that a tab is open: the address is about it from now on. */
  function opened(tab) {
    open = tab;
    later();
  }

  /** A link to what a tab would show with these values. */
  const linkTo = (tab, values) => textOf(tab, new URLSearchParams(values));

  window.addEventListener('pagehide', () => { if (timer) write(); });
  Object.assign(window.mmchan, { address: { read, stateOf, remember, opened, linkTo, write } });
})();
