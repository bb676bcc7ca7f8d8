"""Which networks are measured, and which are named, by latencies that are given."""

from dataclasses import replace

import pytest

from mmchan.errors import InputError
from mmchan.zoo import rows
from mmchan.zoo.choosing import Found, Limits, candidates, choose, metric_of, most_accurate, picture, title

ORDER = ['rexnet-1.3x', 'regnety-1.6gf', 'rexnet-1.0x', 'efficientnet-b0', 'regnetx-400mf']
MS = dict(zip(ORDER, [9.0, 30.0, 7.0, 12.0, 4.0], strict=True))


@pytest.fixture(scope='module')
def ordered():
    """The best record of five networks, the most accurate first."""
    best = {}
    for row in candidates('classification', Limits()):
        best.setdefault(row.variant, row)
    return [best[name] for name in ORDER]


class Clock:
    """Latencies from a table; it notes what was asked."""

    def __init__(self, table):
        self.table, self.asked = table, []

    def __call__(self, row):
        self.asked.append(row.variant)
        return self.table[row.variant]


def names(found):
    return [one.row.variant for one in found]


def test_the_fixture_is_in_the_order_of_accuracy(ordered):
    scores = [row.metrics['top1'] for row in ordered]
    assert scores == sorted(scores, reverse=True)


def test_no_more_is_measured_than_the_wanted_number_needs(ordered):
    clock = Clock(MS)
    choice = choose(ordered, 10, top=2, latency_of=clock)
    assert names(choice.holding) == ['rexnet-1.3x', 'rexnet-1.0x']
    assert names(choice.failing) == ['regnety-1.6gf']
    assert clock.asked == ['rexnet-1.3x', 'regnety-1.6gf', 'rexnet-1.0x']
    assert (choice.skipped, choice.miss) == ((), None)


def test_a_latency_at_the_limit_holds_it(ordered):
    assert names(choose(ordered, 9.0, top=1, latency_of=Clock(MS)).holding) == ['rexnet-1.3x']


def test_what_cannot_be_fast_enough_is_not_measured(ordered):
    clock = Clock(MS)
    choice = choose(ordered, 10, top=9, latency_of=clock, least_ms=lambda row: row.macs / 1e8)
    assert names(choice.holding) == ['rexnet-1.3x', 'rexnet-1.0x', 'regnetx-400mf']
    assert [row.variant for row in choice.skipped] == ['regnety-1.6gf']
    assert 'regnety-1.6gf' not in clock.asked


def test_where_nothing_holds_the_fastest_is_the_nearest_miss(ordered):
    choice = choose(ordered, 1, top=2, latency_of=Clock(MS))
    assert choice.holding == ()
    assert (choice.miss.row.variant, choice.miss.ms) == ('regnetx-400mf', 4.0)


def test_where_nothing_is_worth_measuring_the_lightest_is_measured_as_nearest_miss(ordered):
    clock = Clock(MS)
    choice = choose(ordered, 1, top=2, latency_of=clock, least_ms=lambda row: row.macs)
    lightest = min(ordered, key=lambda row: row.macs)
    assert (names([choice.miss]), clock.asked) == ([lightest.variant], [lightest.variant])


def test_a_network_is_named_and_measured_once(ordered):
    better, worse = ordered[0], replace(ordered[0], metrics={'top1': 1.0})
    clock = Clock(MS)
    choice = choose([better, worse], 10, top=2, latency_of=clock)
    assert [one.row for one in choice.holding] == [better]
    assert choose([better, worse], 1, top=2, latency_of=clock).failing == (Found(better, 9.0),)
    assert clock.asked == ['rexnet-1.3x', 'rexnet-1.3x']


def test_another_resolution_of_a_network_that_was_too_slow_is_measured(ordered):
    large, small = ordered[0], replace(ordered[0], resolution='160x160')
    times = {large.resolution: 12.0, small.resolution: 6.0}
    choice = choose([large, small], 10, top=1, latency_of=lambda row: times[row.resolution])
    assert [one.row for one in choice.holding] == [small]


def test_without_latency_the_most_accurate_are_named_once(ordered):
    choice = most_accurate([*ordered[:2], *ordered], 3)
    assert names(choice.holding) == ORDER[:3]


@pytest.mark.parametrize(
    ('task', 'score'), [('classification', 'top1'), ('detection', 'box_ap'), ('segmentation', 'mask_ap')]
)
def test_candidates_are_published_records_within_the_limits(task, score):
    limits = Limits(params=30e6, macs=160e9)
    found = candidates(task, limits)
    wanted = [
        row
        for row in rows(task)
        if row.config and row.dataset in ('ImageNet-1k', 'COCO') and score in row.metrics
        and row.params <= 30e6 and row.macs <= 160e9
    ]  # fmt: skip
    assert {row.name for row in found} == {row.name for row in wanted}
    scores = [row.metrics[score] for row in found]
    assert scores == sorted(scores, reverse=True)
    assert {row.weights for row in candidates(task, limits, with_weights=True)}.isdisjoint({None})


def test_the_nearest_is_named_where_no_record_holds_the_limits():
    with pytest.raises(
        InputError, match=r'the nearest is regnetx-200mf with parameters \(M\) 2\.68 and MACs'
    ):
        candidates('classification', Limits(params=1e6))


@pytest.mark.parametrize('task', ['detect', 'transfer'])
def test_other_tasks_are_refused(task):
    with pytest.raises(InputError, match='task'):
        metric_of(task)


def test_the_picture_has_the_limit_and_the_fronts(ordered):
    points = [Found(row, MS[row.variant]) for row in ordered]
    made = picture(points, metric_of('classification'), 'ms', limit=10)
    assert (made.x_limit, made.x_title) == (10, 'ms')
    fronts = [[point.name for point in front.points] for front in made.fronts]
    assert fronts == [
        ['rexnet-1.0x', 'rexnet-1.3x'],
        ['regnetx-400mf', 'regnety-1.6gf'],
    ]  # 400 epochs, and 100


def test_detectors_are_named_by_detector_and_backbone():
    assert title(candidates('detection', Limits())[0]) == 'Faster R-CNN regnetx-4.0gf'
