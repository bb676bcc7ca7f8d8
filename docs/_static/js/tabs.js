// Tabs of a page: arrow keys, Home and End move between them, and the address remembers which one is open.
'use strict';

(() => {
  const tabs = () => [...document.querySelectorAll('[role="tab"][aria-controls]')];

  function open(chosen) {
    for (const tab of tabs()) {
      const isOpen = tab === chosen;
      tab.setAttribute('aria-selected', String(isOpen));
      tab.tabIndex = isOpen ? 0 : -1;
      document.getElementById(tab.getAttribute('aria-controls')).hidden = !isOpen;
    }
    window.dispatchEvent(new Event('resize')); // drawings take the width that there is now
  }

  function choose(tab) {
    open(tab);
    window.history.replaceState(null, '', `#${tab.getAttribute('aria-controls')}`);
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

  function start() {
    for (const tab of tabs()) {
      tab.addEventListener('click', () => choose(tab));
      tab.addEventListener('keydown', onKey);
      tab.parentElement.hidden = false;
    }
    const wanted = tabs().find((tab) => `#${tab.getAttribute('aria-controls')}` === window.location.hash);
    if (wanted) open(wanted);
  }

  document.addEventListener('DOMContentLoaded', start);
})();
