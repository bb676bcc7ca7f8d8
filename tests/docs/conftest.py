"""The site, built once per run, and a browser that looks at it from file:// without a network."""

import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
PROGRAMS = ('chromium', 'chromium-browser', 'google-chrome')
FLAGS = (
    *('--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'),
    *('--disable-background-networking', '--disable-component-update', '--disable-sync'),
)
NO_BROWSER = 'no Chromium found, the browser tests were NOT run; on Debian: apt-get install chromium'


@pytest.fixture
def extension(monkeypatch):
    """Imports a module of docs/_ext."""
    monkeypatch.syspath_prepend(ROOT / 'docs/_ext')
    return importlib.import_module


@pytest.fixture(scope='session')
def site(shared) -> Path:
    """The folder of the built site; the workers of one run share it."""
    folder = shared / 'site'
    with FileLock(shared / 'site.lock'):
        if not (shared / 'site-built').exists():
            command = [sys.executable, '-m', 'sphinx', '-W', '--keep-going', '-q', '-b', 'html']
            result = subprocess.run(
                [*command, str(ROOT / 'docs'), str(folder)], capture_output=True, text=True, check=False
            )
            assert result.returncode == 0, result.stderr
            (shared / 'site-built').touch()
    return folder


@pytest.fixture(scope='session')
def browser():
    """A headless Chromium of the system."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=list(FLAGS))


@pytest.fixture
def open_page(site, browser):
    """Opens pages of the site by name; afterwards, nothing was asked of a network and nothing failed."""
    contexts, requests, errors = [], [], []

    def watch(page):
        page.on('request', lambda request: requests.append(request.url))
        page.on('pageerror', lambda error: errors.append(str(error)))
        page.on('console', lambda message: errors.append(message.text) if message.type == 'error' else None)

    def opened(name: str, **options):
        context = browser.new_context(**{'viewport': {'width': 1280, 'height': 900}, **options})
        contexts.append(context)
        page = context.new_page()
        watch(page)
        page.goto((site / f'{name}.html').as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert requests
    assert [url for url in requests if not url.startswith(('file:', 'data:', 'blob:'))] == []
    assert errors == []
