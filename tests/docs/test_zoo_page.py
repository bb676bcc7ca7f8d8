"""The model zoo's page: sort, filter, choose, plot; by mouse and by keyboard."""

import csv
import json
from itertools import accumulate

import pytest

from mmchan.drawing.palette import series
from mmchan.zoo import TASKS, rows

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


def test_plot_marks_the_pareto_front(zoo):
    points = [(row.macs, row.metrics['top1']) for row in IMAGENET if row.macs and row.metrics]
    scores = [top1 for _, top1 in sorted(points, key=lambda point: (point[0], -point[1]))]
    expected = set(accumulate(scores, max))
    corners = zoo.locator('.mm-front').get_attribute('points').split()
    assert len(expected) > 3
    assert len(corners) == 2 * len(expected) - 1
    assert zoo.locator('.mm-point').count() == len(points)


def test_point_is_described_and_leads_to_its_row(zoo):
    point = zoo.locator('.mm-point[data-name="mmchan_rexnet-1.0x_4xb128_in1k"]')
    point.locator('.mm-mark').hover(force=True)
    assert 'Top-1 (%) 77.9' in zoo.locator('.mm-tooltip').inner_text()
    point.dispatch_event('click')
    assert zoo.evaluate('document.activeElement.id') == 'row-mmchan_rexnet-1.0x_4xb128_in1k'
    assert zoo.locator('.mm-chosen th').inner_text() == 'rexnet-1.0x'


def test_plot_works_by_keyboard(zoo):
    zoo.locator('.mm-point[tabindex="0"]').focus()
    zoo.keyboard.press('ArrowRight')
    second = zoo.evaluate('document.activeElement.dataset.name')
    assert zoo.locator('.mm-tooltip').is_visible()
    zoo.keyboard.press('Enter')
    assert zoo.evaluate('document.activeElement.id') == f'row-{second}'


def test_axes_and_tasks_change(zoo):
    zoo.get_by_label('against').select_option('Parameters (M)')
    assert 'Parameters (M)' in zoo.locator('.mm-plot').get_attribute('aria-label')
    part(zoo, 'tasks').get_by_role('button', name='detection').click()
    assert 'Box AP' in zoo.locator('.mm-plot').get_attribute('aria-label')
    assert part(zoo, 'csv').get_attribute('href') == '_static/zoo/detection.csv'


def test_costs_of_detectors_say_their_proposals(zoo):
    assert 'Proposals' not in zoo.locator('#zoo thead th').all_inner_texts()
    part(zoo, 'tasks').get_by_role('button', name='instance segmentation').click()
    zoo.get_by_label('Data set').select_option('digits-coco')
    assert numbers(zoo, 'Proposals') == [50]
    assert part(zoo, 'json').get_attribute('href') == '_static/zoo/instance_segmentation.json'


def test_numbers_are_printed_as_in_the_tables(zoo):
    zoo.get_by_label('Filter').fill('mmchan_rexnet-1.0x_4xb128_in1k')
    assert column(zoo, 'Parameters (M)') == ['4.80']
    assert column(zoo, 'MACs (G)') == ['0.3984']
    assert column(zoo, 'Top-1 (%)') == ['77.90']
    assert column(zoo, 'CPU (ms, batch 1)') == ['47']


def test_colour_is_that_of_the_series(zoo):
    zoo.get_by_label('Filter').fill('ReXNet-lite')
    shown = (
        part(zoo, 'table').locator('.mm-dot').first.evaluate('one => getComputedStyle(one).backgroundColor')
    )
    red, green, blue = (int(series()['rexnet_lite'].colours[0][at : at + 2], 16) for at in (1, 3, 5))
    assert shown == f'rgb({red}, {green}, {blue})'


def test_data_sets_are_not_mixed_in_a_plot(zoo):
    zoo.get_by_label('Data set').select_option('all data sets')
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
