// Tabs of a page: arrow keys, Home and End move between them, and the address remembers which one is open.
'use strict';

(() => {
  const { address } = window.mmchan;
  const tabs = () => [...document.querySelectorAll('[role="tab"][aria-controls]')];
  const panelOf = (tab) => tab.getAttribute('aria-controls');

  function open(chosen) {
    for (const tab of tabs()) {
      const isOpen = tab === chosen;
      tab.setAttribute('aria-selected', String(isOpen));
      tab.tabIndex = isOpen ? 0 : -1;
      document.getElementById(panelOf(tab)).hidden = !isOpen;
    }
    document.getElementById(panelOf(chosen)).dispatchEvent(new Event('mm-open'));
    window.dispatchEvent(new Event('resize')); // drawings take the width that there is now
  }

  function choose(tab) {
    open(tab);
    address.choose(panelOf(tab));
  }

  function onKey(event) {
    const all = tabs();
    const here = all.indexOf(event.target);
    const to = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = all[(to + all.length) % all.length];
    next.focus();
    choose(next);
  }

  /** Open the tab that the address names; without one, the first. */
  function openNamed() {
    const named = tabs().find((tab) => panelOf(tab) === address.read().tab);
    if (named) open(named);
    if (named || !address.read().tab) address.opened(panelOf(named ?? tabs()[0]));
  }

  function start() {
    for (const tab of tabs()) {
      tab.addEventListener('click', () => choose(tab));
      tab.addEventListener('keydown', onKey);
      tab.parentElement.hidden = false;
    }
    openNamed();
    window.addEventListener('hashchange', openNamed); // after the panels' own listeners
  }

  document.addEventListener('DOMContentLoaded', start);
})();
