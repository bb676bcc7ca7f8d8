"""The report of two sweeps: its files, its tables on a terminal, and its page in a browser."""

import json
import re
from html import unescape

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from rich.console import Console

from mmchan.channels import get_plan
from mmchan.cli import sweep_report
from mmchan.design import spaces
from mmchan.design.reports.html import FORMATS, Values
from tests.cli.command_lines import mmchan_here, succeeded
from tests.design.sweep_folders import row_of, write_sweep

pytestmark = pytest.mark.slow

NAMES = ('worse <space>', 'better')
COUNT, FAILED = 20, 4
PHONE = {'width': 390, 'height': 844}
SHOWN = re.compile(r'<data value="([^"]*)" data-name="([^"]*)" data-kind="(\w+)">([^<]*)</data>')


@pytest.fixture(scope='module')
def written(tmp_path_factory):
    """The folder of a report in the place of an earlier one, and what the command printed."""
    root = tmp_path_factory.mktemp('report')
    folders = [_sweep(root / f'sweep-{seed}', seed, name) for seed, name in enumerate(NAMES)]
    figures = root / 'out' / 'figures'
    figures.mkdir(parents=True)
    for name in ('earlier.svg', 'earlier.png', 'mine.svg'):
        (figures / name).touch()
    earlier = {'mmchan': 'sweep report', 'figures': ['earlier']}
    (root / 'out' / 'report.json').write_text(json.dumps(earlier))
    options = ('--out', root / 'out', '--complexity', 'parameters', '--seed', 3)
    return root / 'out', succeeded(mmchan_here('sweep', 'report', *folders, *options)).stdout


def _sweep(folder, seed, name):
    population = spaces.sample(spaces.get('regnetx'), seed=seed, count=COUNT)
    errors = (0.3 - 0.15 * seed + np.arange(COUNT) / 200).tolist()
    rows = [row_of(one, place, 0, [0.9, errors[place]]) for place, one in enumerate(population.rows())]
    if not seed:
        rows[FAILED] = row_of(list(population.rows())[FAILED], FAILED, 0, [0.9], 'memory')
    return write_sweep(folder, population, rows=rows, epochs=2, name=name)


@pytest.fixture(scope='module')
def found(written):
    return json.loads((written[0] / 'report.json').read_text())


@pytest.fixture(scope='module')
def text(written):
    return (written[0] / 'report.html').read_text()


def test_figures_are_there_twice_and_those_of_an_earlier_report_are_gone(written, found):
    files = {path.name for path in (written[0] / 'figures').iterdir()}
    assert files == {'mine.svg'} | {f'{name}.{kind}' for name in found['figures'] for kind in ('png', 'svg')}
    assert {'edf', 'normalised', 'search', 'fit', 'parameter-wm', 'tenths-1', 'blocks-0'} < set(
        found['figures']
    )


def test_options_reach_the_numbers(found):
    assert (found['complexity'], found['seed'], found['error']) == ('parameters', 3, 'minimum')


def test_command_tells_the_spaces_and_their_difference(written):
    lines = [line.split() for line in written[1].splitlines()]
    assert ['better', '20', '0', '15.00', '19.75', '±0.304'] in [line[:6] for line in lines]
    assert ['better', 'worse', '<space>', 'EDF', '1.000', '0.429'] in [line[:6] for line in lines]
    assert lines[-1] == ['the', 'report', 'is', str(written[0] / 'report.html')]


@pytest.mark.parametrize('width', [80, 140])
def test_tables_fit_the_terminal(found, width):
    terminal = Console(force_terminal=True, width=width, color_system=None)
    with terminal.capture() as captured:
        sweep_report.show(terminal, found)
    lines = captured.get().splitlines()
    assert max(map(len, lines)) <= width
    assert not any('…' in line for line in lines)


def test_every_number_of_the_page_is_in_the_json_under_its_name(text, found):
    shown = SHOWN.findall(text)
    values = Values(found)
    assert len(shown) > 200
    for value, name, kind, written_so in shown:
        assert str(values.of(unescape(name))) == unescape(value)
        assert FORMATS[kind](values.of(unescape(name))) == unescape(written_so)


def test_page_needs_no_other_file_and_escapes_names(text):
    assert not re.search(r'(?:src|href)="(?!#|data:,)', text)
    assert not re.search(r'https?://(?!www\.w3\.org/)', text)
    assert 'worse <space>' not in text
    assert 'worse &lt;space&gt;' in text


@pytest.fixture
def open_report(written, browser):
    """Opens the page; afterwards, it has asked for nothing else and nothing has failed."""
    contexts, requests, errors = [], [], []

    def opened(**options):
        context = browser.new_context(**{'viewport': {'width': 1400, 'height': 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on('request', lambda request: requests.append(request.url))
        page.on('pageerror', lambda error: errors.append(str(error)))
        page.goto((written[0] / 'report.html').as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [url for url in requests if not url.startswith('data:')] == [(written[0] / 'report.html').as_uri()]
    assert errors == []


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_page_passes_axe_with_a_network_open(open_report, scheme):
    page = open_report(color_scheme=scheme)
    page.locator('#findings button').first.click()
    rules = {} if scheme == 'light' else {'runOnly': {'type': 'rule', 'values': ['color-contrast']}}
    alike = {
        'exclude': [['figure:nth-of-type(n + 2)']]
    }  # the first figure of a section stands for the others
    results = Axe().run(page, context=alike, options={'preload': False, **rules})
    assert results.response['passes']
    assert results.violations_count == 0, results.generate_report()


def test_phone_needs_no_sideways_scrolling(open_report):
    page = open_report(viewport=PHONE)
    page.locator('#blocks button').first.click()
    assert page.evaluate('document.documentElement.scrollWidth') <= PHONE['width']
    assert page.locator('#network').bounding_box()['width'] <= PHONE['width']


def networks_of(found, series):
    return found['spaces'][series]['networks']


def test_click_near_a_point_shows_its_network(open_report, found):
    page = open_report()
    point = page.locator('#figure-parameter-wm .points[data-series="1"] [data-network="3"]')
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    page.mouse.click(box['x'] + box['width'] / 2 + 2, box['y'] + box['height'] / 2)
    network = networks_of(found, 1)[3]
    panel = page.locator('#network')
    assert panel.locator('h2').inner_text() == f'better: {network["id"]}'
    assert f'{100 * network["error"]:.2f} %' in panel.inner_text()
    assert panel.locator('rect').count() == sum(network['depths'])
    assert page.locator('.points .chosen').count() == page.locator('.points[data-series="1"]').count()
    page.keyboard.press('Escape')
    assert panel.is_hidden()


def test_keyboard_walks_the_points_from_left_to_right(open_report, found):
    page = open_report()
    figure = page.locator('#figure-parameter-wm')
    figure.locator('[tabindex="0"]').focus()
    page.keyboard.press('ArrowRight')
    trained = [
        (one['values']['wm'], one['id'])
        for series in (0, 1)
        for one in networks_of(found, series)
        if not one['failed']
    ]
    second = sorted(trained)[1][1]
    assert second in page.locator('#network h2').inner_text()
    assert second in page.locator('#said').inner_text()
    page.keyboard.press('Enter')
    assert page.evaluate('document.activeElement.id') == 'network'
    page.keyboard.press('Escape')
    assert second in page.evaluate('document.activeElement.getAttribute("aria-label")')


def test_failed_network_is_no_point(open_report):
    page = open_report()
    points = page.locator('#figure-fit .points[data-series="0"] [data-network]')
    assert points.count() == COUNT - 1
    assert page.locator(f'#figure-fit .points[data-series="0"] [data-network="{FAILED}"]').count() == 0
    assert 'out of memory' in page.locator('#failures').inner_text()


def test_config_that_is_copied_is_the_network(open_report, found):
    page = open_report()
    page.context.grant_permissions(['clipboard-read', 'clipboard-write'])
    page.locator('#findings button').last.click()
    page.get_by_role('button', name='Copy config').click()
    page.get_by_text('Copied.').wait_for()
    names = {}
    exec(page.evaluate('navigator.clipboard.readText()'), names)  # noqa: S102 - the config that the page wrote
    assert list(get_plan(names['arch']).widths) == found['spaces'][1]['typical']['best']['widths']


def test_page_without_scripts_has_its_figures_and_tables(open_report):
    page = open_report(java_script_enabled=False)
    assert page.locator('figure svg').count() == page.locator('figure').count() > 10
    assert page.locator('#compared tbody tr').count() > 10
