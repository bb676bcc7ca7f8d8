// What a person has set stands in the address, so that it survives a reload and can be sent as a link:
// #TAB?name=value&name=value. It is behind the # because pages from file:// may not change anything else.
'use strict';
window.mmchan ??= {};

(() => {
  const WAIT = 200; // ms between two changes of the address: browsers allow few of them
  const states = new Map(); // tab -> URLSearchParams
  let open = null; // the tab that is open
  let timer = null;
  let written = -WAIT; // when
  let known = window.location.hash; // as it was read or written last

  /** The tab that the address names, and what it says of it. */
  function read() {
    const [tab, ...rest] = window.location.hash.slice(1).split('?');
    return { tab, values: new URLSearchParams(rest.join('?')) };
  }

  const textOf = (tab, values) => `#${[tab, values?.toString()].filter(Boolean).join('?')}`;

  function put(wanted) {
    written = performance.now();
    window.history.replaceState(null, '', wanted);
    known = window.location.hash;
  }

  /** Write what is set in the open tab; where nothing is, an address without anything stays so. */
  function write() {
    clearTimeout(timer);
    timer = null;
    const wanted = textOf(open, states.get(open));
    const isFollowed = window.location.hash !== known; // a link that the page has not taken up yet
    const isPlain = !known && !states.get(open)?.size;
    if (open && !isFollowed && !isPlain && wanted !== known) put(wanted);
  }

  /** Write at once, or as soon as the address may change again. */
  function later() {
    timer ??= setTimeout(write, Math.max(0, written + WAIT - performance.now()));
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

  /** Say which tab is open: the address is about it from now on. */
  function opened(tab) {
    open = tab;
    later();
  }

  /** A person has chosen a tab: the address names it. */
  function choose(tab) {
    open = tab;
    put(textOf(tab, states.get(tab)));
  }

  /** A link to what a tab would show with these values. */
  const linkTo = (tab, values) => textOf(tab, new URLSearchParams(values));

  window.addEventListener('hashchange', () => { known = window.location.hash; });
  window.addEventListener('pagehide', () => { if (timer) write(); });
  Object.assign(window.mmchan, { address: { read, stateOf, remember, opened, choose, linkTo, write } });
})();
