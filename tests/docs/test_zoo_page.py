"""The model zoo's page: sort, filter, choose, plot; by mouse and by keyboard."""

import csv
import json

import pytest

from mmchan.drawing.palette import series
from mmchan.drawing.zoo import label_of
from mmchan.zoo import METRICS, TASKS, rows
from mmchan.zoo.charts import chart

pytestmark = pytest.mark.slow

IMAGENET = [row for row in rows('classification') if row.dataset == 'ImageNet-1k']


@pytest.fixture
def zoo(open_page):
    return open_page('zoo')


def part(page, name):
    return page.locator(f'#zoo [data-part="{name}"]')


def column(page, label):
    """The texts of a column."""
    headings = page.locator('#zoo thead th').all_inner_texts()
    number = headings.index(label) + 1
    return page.locator(f'#zoo tbody tr > :nth-child({number})').all_inner_texts()


def numbers(page, label):
    """The numbers of a column, without the rows that have none."""
    return [float(text) for text in column(page, label) if text[0].isdigit()]


def test_opens_with_the_rows_of_imagenet(zoo):
    assert part(zoo, 'count').inner_text() == f'{len(IMAGENET)} of {len(IMAGENET)} rows'
    best = max(IMAGENET, key=lambda row: row.metrics.get('top1', 0))
    assert column(zoo, 'Variant')[0] == best.variant


def test_heading_sorts_and_says_so(zoo):
    heading = zoo.get_by_role('columnheader', name='Parameters (M)')
    assert heading.get_attribute('aria-sort') == 'none'
    heading.get_by_role('button').click()
    assert heading.get_attribute('aria-sort') == 'descending'
    expected = sorted((row.params for row in IMAGENET), reverse=True)
    shown = numbers(zoo, 'Parameters (M)')
    assert shown == sorted(shown, reverse=True)
    assert shown[0] == pytest.approx(expected[0] / 1e6, rel=0.01)
    zoo.keyboard.press('Enter')  # the heading has kept the focus
    assert heading.get_attribute('aria-sort') == 'ascending'
    assert numbers(zoo, 'Parameters (M)') == shown[::-1]


def test_filter_keeps_rows_with_all_words(zoo):
    zoo.get_by_label('Filter').fill('RegNetY 1.6gf')
    assert set(column(zoo, 'Variant')) == {'regnety-1.6gf'}
    zoo.get_by_label('Filter').fill('no such network')
    assert part(zoo, 'count').inner_text() == f'0 of {len(IMAGENET)} rows'


def test_series_toggle_hides_and_shows(zoo):
    toggle = part(zoo, 'series').get_by_role('button', name='RegNetX', exact=True)
    assert toggle.get_attribute('aria-pressed') == 'true'
    toggle.focus()
    zoo.keyboard.press('Space')
    assert toggle.get_attribute('aria-pressed') == 'false'
    assert not [name for name in column(zoo, 'Variant') if name.startswith('regnetx')]
    assert zoo.locator('.mm-point[data-series="regnetx"]').count() == 0
    toggle.click()
    assert [name for name in column(zoo, 'Variant') if name.startswith('regnetx')]


def test_columns_are_chosen(zoo):
    assert 'Top-5 (%)' not in zoo.locator('#zoo thead th').all_inner_texts()
    zoo.get_by_text('Columns', exact=True).click()
    zoo.get_by_role('checkbox', name='Top-5 (%)').check()
    zoo.get_by_role('checkbox', name='Source').uncheck()
    headings = zoo.locator('#zoo thead th').all_inner_texts()
    assert 'Top-5 (%)' in headings
    assert 'Source' not in headings


@pytest.mark.parametrize(
    'metric', [metric for metric in METRICS.values() if metric.main], ids=lambda metric: metric.key
)
def test_plot_is_the_picture_of_the_command(zoo, metric):
    part(zoo, 'tasks').locator(f'[data-task="{metric.task}"]').click()
    made = chart('macs', metric.key)
    assert zoo.locator('.mm-point').count() == len(made.points)
    assert zoo.locator('.mm-series').count() == len(made.lines)
    drawn = zoo.locator('.mm-plot .mm-front')
    titles = {front.title: len(front.points) for front in made.fronts}
    corners = {one.get_attribute('data-title'): one.get_attribute('points').split() for one in drawn.all()}
    assert {title: (len(points) + 1) // 2 for title, points in corners.items()} == titles
    legend = zoo.locator('.mm-legend li').all_inner_texts()
    assert [text for text in legend if text.startswith('front')] == [f'front: {title}' for title in titles]
    assert set(legend) > {label_of(*point.group) for point in made.points}


def test_names_in_the_plot_are_struck_by_no_line(zoo):
    assert zoo.locator('.mm-label').count() > 5
    struck = """() => {
        const boxes = [...document.querySelectorAll('.mm-label')].map((one) => one.getBBox());
        const lies = (at, from, size) => at > from && at < from + size;
        const within = (box, x, y) => lies(x, box.x, box.width) && lies(y, box.y, box.height);
        const hit = (line) => {
            const length = line.getTotalLength();
            return Array.from({ length: Math.ceil(length) }, (_, at) => line.getPointAtLength(at))
                .some(({ x, y }) => boxes.some((box) => within(box, x, y)));
        };
        return [...document.querySelectorAll('.mm-plot polyline')].filter(hit).length;
    }"""
    assert zoo.evaluate(struck) == 0


def test_point_is_described_and_leads_to_its_row(zoo):
    point = zoo.locator('.mm-point[data-name="mmchan_rexnet-1.0x_4xb128_in1k"]')
    point.locator('.mm-mark').hover(force=True)
    assert 'Top-1 (%) 77.9' in zoo.locator('.mm-tooltip').inner_text()
    point.dispatch_event('click')
    assert zoo.evaluate('document.activeElement.id') == 'row-mmchan_rexnet-1.0x_4xb128_in1k'
    assert zoo.locator('.mm-chosen .mm-variant').inner_text() == 'rexnet-1.0x'


def test_plot_works_by_keyboard(zoo):
    zoo.locator('.mm-point[tabindex="0"]').focus()
    zoo.keyboard.press('ArrowRight')
    second = zoo.evaluate('document.activeElement.dataset.name')
    assert zoo.locator('.mm-tooltip').is_visible()
    zoo.keyboard.press('Enter')
    assert zoo.evaluate('document.activeElement.id') == f'row-{second}'


def test_axes_and_tasks_change(zoo):
    zoo.get_by_label('against').select_option(label='Parameters (M)')
    assert 'Parameters (M)' in zoo.locator('.mm-plot').get_attribute('aria-label')
    part(zoo, 'tasks').get_by_role('button', name='detection').click()
    assert 'Box AP' in zoo.locator('.mm-plot').get_attribute('aria-label')
    assert part(zoo, 'csv').get_attribute('href') == '_static/zoo/detection.csv'


def test_costs_of_detectors_say_their_proposals(zoo):
    assert 'Proposals' not in zoo.locator('#zoo thead th').all_inner_texts()
    part(zoo, 'tasks').get_by_role('button', name='instance segmentation').click()
    zoo.get_by_label('Data set').select_option('digits-coco')
    zoo.get_by_text('Columns', exact=True).click()
    zoo.get_by_role('checkbox', name='Proposals').check()
    assert numbers(zoo, 'Proposals') == [50]
    assert part(zoo, 'json').get_attribute('href') == '_static/zoo/instance_segmentation.json'


def test_numbers_are_printed_as_in_the_tables(zoo):
    zoo.get_by_label('Filter').fill('mmchan_rexnet-1.0x_4xb128_in1k')
    assert column(zoo, 'Parameters (M)') == ['4.80']
    assert column(zoo, 'MACs (G)') == ['0.3984']
    assert column(zoo, 'Top-1 (%)') == ['77.90']


def test_colour_is_that_of_the_series(zoo):
    zoo.get_by_label('Filter').fill('ReXNet-lite')
    shown = (
        part(zoo, 'table').locator('.mm-dot').first.evaluate('one => getComputedStyle(one).backgroundColor')
    )
    red, green, blue = (int(series()['rexnet_lite'].colours[0][at : at + 2], 16) for at in (1, 3, 5))
    assert shown == f'rgb({red}, {green}, {blue})'


def test_filter_matches_names_first(zoo):
    for typed in ('rexnet', 'ReXNet_1.0', 'rexnet-1x'):
        zoo.get_by_label('Filter').fill(typed)
        found = set(column(zoo, 'Variant'))
        assert found
        assert {name.partition('-')[0] for name in found} == {'rexnet'}
    assert found == {'rexnet-1.0x'}
    zoo.get_by_label('Filter').fill('pycls')  # no network is called so, but sources are
    assert {name[:6] for name in column(zoo, 'Variant')} == {'regnet'}


@pytest.mark.parametrize('width', [1400, 1280, 390])
def test_rows_can_be_told_apart_in_a_table_that_fits(open_page, width):
    page = open_page('zoo', viewport={'width': width, 'height': 900})
    for task in TASKS:
        part(page, 'tasks').locator(f'[data-task="{task}"]').click()
        seen = page.evaluate(TOLD)
        assert seen['rows']
        assert len(set(seen['rows'])) == len(seen['rows'])
        assert seen['table'] <= seen['place'] <= seen['page'] == width
        assert not seen['cut']


# what tells rows apart beside their numbers, and how wide the table is
TOLD = """() => {
    const table = document.querySelector('#zoo table');
    const isCut = (one) => one.scrollWidth > one.clientWidth + 1;
    const told = (row) => [...row.querySelectorAll('th, .mm-text')].map((one) => one.innerText);
    return {
        rows: [...table.tBodies[0].rows].map((row) => told(row).join('|')),
        table: table.scrollWidth,
        place: table.parentElement.clientWidth,
        page: document.documentElement.scrollWidth,
        cut: [...table.querySelectorAll('th, td')].filter(isCut).length,
    };
}"""


def test_headings_stay_in_sight(zoo):
    zoo.locator('#zoo tbody tr').nth(30).scroll_into_view_if_needed()
    bar = zoo.locator('.bd-header').bounding_box()
    heading = zoo.locator('#zoo thead th').first.bounding_box()
    assert heading['y'] == pytest.approx(bar['y'] + bar['height'], abs=2)


def test_chosen_columns_that_are_too_many_scroll_in_their_own_frame(zoo):
    zoo.evaluate("location.hash = '#zoo?columns=name,series,schedule,evaluated,params,source,recipe,note'")
    zoo.wait_for_selector('.mm-overflows')
    assert zoo.evaluate('document.documentElement.scrollWidth') == 1280


def test_what_is_chosen_stands_in_the_address_and_survives_a_reload(zoo):
    part(zoo, 'tasks').get_by_role('button', name='detection').click()
    zoo.get_by_label('Filter').fill('regnetx')
    zoo.get_by_label('against').select_option('params')
    zoo.get_by_role('columnheader', name='MACs (G)').get_by_role('button').click()
    zoo.wait_for_function("location.hash.includes('sort=-macs')")
    shown, plot = column(zoo, 'Variant'), zoo.locator('.mm-plot').get_attribute('aria-label')
    address = zoo.evaluate('location.hash')
    assert address == '#zoo?task=detection&filter=regnetx&sort=-macs&x=params'
    zoo.reload()
    assert (column(zoo, 'Variant'), zoo.locator('.mm-plot').get_attribute('aria-label')) == (shown, plot)
    assert zoo.get_by_label('Filter').input_value() == 'regnetx'
    zoo.evaluate("location.hash = '#zoo?task=transfer&data=no-such'")
    zoo.wait_for_function("document.querySelector('caption').textContent.startsWith('transfer')")


def test_first_touch_tells_and_the_phone_keeps_its_place(open_page):
    page = open_page('zoo', viewport={'width': 390, 'height': 844}, has_touch=True, is_mobile=True)
    point = page.locator('.mm-point[data-name="mmchan_regnety-32gf_8xb32_in1k"]')
    point.scroll_into_view_if_needed()
    before, box = page.evaluate('scrollY'), point.bounding_box()
    at = (box['x'] + box['width'] / 2, box['y'] + box['height'] / 2)
    page.touchscreen.tap(*at)
    assert 'regnety-32gf' in page.locator('.mm-tooltip').inner_text()
    assert page.locator('.mm-chosen .mm-variant').inner_text() == 'regnety-32gf'
    page.set_viewport_size({'width': 390, 'height': 780})  # the browser's bars come and go
    assert page.locator('.mm-tooltip').is_visible()
    assert page.evaluate('scrollY') == before
    page.touchscreen.tap(*at)
    assert page.evaluate('scrollY') > before
    assert page.evaluate('document.activeElement.id') == 'row-mmchan_regnety-32gf_8xb32_in1k'


def test_data_sets_are_not_mixed_in_a_plot(zoo):
    zoo.get_by_label('Data set').select_option(label='all data sets')
    assert part(zoo, 'count').inner_text().endswith(f'of {len(rows("classification"))} rows')
    assert 'do not compare' in part(zoo, 'plot-note').inner_text()
    assert zoo.locator('.mm-point').count() == 0


@pytest.mark.parametrize('task', TASKS)
def test_downloads_hold_the_rows(site, task):
    stem = site / '_static/zoo' / task
    stored = json.loads(stem.with_suffix('.json').read_text())
    assert stored == [row.as_dict() for row in rows(task)]
    with stem.with_suffix('.csv').open() as file:
        assert [row['name'] for row in csv.DictReader(file)] == [row['name'] for row in stored]


def test_links_of_the_tables_lead_somewhere(zoo, site):
    for button in part(zoo, 'tasks').get_by_role('button').all():
        button.click()
        zoo.get_by_label('Data set').select_option(index=0)
        links = zoo.locator('#zoo tbody a').evaluate_all('all => all.map(one => one.getAttribute("href"))')
        assert links
        for link in links:
            assert link.startswith('https://') or (site / link).is_file(), link
