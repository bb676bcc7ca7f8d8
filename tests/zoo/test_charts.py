"""Accuracy against cost: points, their front, the drawing."""

import itertools

import pytest

from mmchan.drawing.zoo import plot_points
from mmchan.errors import InputError
from mmchan.zoo.charts import X_AXES, Y_AXES, pareto_front, points

FAMILIES = ('regnetx', 'rexnet', 'efficientnet')


def test_points_are_one_per_network_with_its_best_score():
    found = points('macs', 'top1', families=FAMILIES)
    assert {point.family for point in found} == set(FAMILIES)
    assert len({point.name for point in found}) == len(found) == 12 + 10 + 4
    best = {point.name: point for point in found}['regnetx-400mf']
    assert (best.x, best.y) == (pytest.approx(0.397678568), pytest.approx(72.618))


def test_front_holds_exactly_what_no_other_point_beats():
    found = points('params', 'top1')
    front = pareto_front(found)
    assert 2 < len(front) < len(found)
    for point in found:
        beaten = any(o.x <= point.x and o.y >= point.y and (o.x, o.y) != (point.x, point.y) for o in found)
        assert beaten != any((o.x, o.y) == (point.x, point.y) for o in front)
    assert all(a.x < b.x and a.y < b.y for a, b in itertools.pairwise(front))


def test_detection_is_grouped_by_detector():
    groups = {point.group for point in points('macs', 'box_ap', families=['rexnet'])}
    assert groups == {'rexnet, Faster R-CNN', 'rexnet, SSDLite'}


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (('mac', 'top1'), "unknown x axis 'mac'; did you mean 'macs'"),
        (('macs', 'top-1'), "unknown y axis 'top-1'; did you mean 'top1'"),
        (('v100_ms', 'box_ap'), 'no row of the zoo has both v100_ms and box_ap'),
    ],
)
def test_unknown_axes_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        points(*arguments)


def test_unknown_family_suggests_the_nearest():
    with pytest.raises(InputError, match="unknown family 'rexnets'; did you mean 'rexnet'"):
        points('macs', 'top1', families=['rexnets'])


def test_drawing_names_axes_families_and_front(tmp_path):
    found = points('cpu_ms', 'top1')
    plot_points(found, tmp_path / 'chart.svg', x='cpu_ms', y='top1')
    text = (tmp_path / 'chart.svg').read_text()
    wanted = [X_AXES['cpu_ms'], Y_AXES['top1'], 'Pareto front', *(point.group for point in found)]
    assert all(f'<!-- {word} -->' in text for word in wanted)
