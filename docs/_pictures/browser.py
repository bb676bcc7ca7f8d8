"""Chromium, which lays out the hero picture and runs the explorer."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import click
from playwright.sync_api import Browser, sync_playwright

PROGRAMS = ('chromium', 'chromium-browser', 'google-chrome')
FLAGS = ('--no-sandbox', '--disable-gpu', '--no-first-run', '--font-render-hinting=none')


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium of the system.

    Raises:
        ClickException: Where there is none.
    """
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise click.ClickException('no Chromium found; on Debian: apt-get install chromium')
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()
