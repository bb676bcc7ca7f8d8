"""Accuracy against cost: points, their front, the drawing."""

import itertools
import shutil

import pytest
from matplotlib.path import Path

from mmchan.channels import list_variants
from mmchan.drawing.zoo import draw, label_of, plot_chart
from mmchan.errors import InputError
from mmchan.home import home
from mmchan.zoo.charts import chart, fronts_of, pareto_front
from mmchan.zoo.metafiles import METAFILE, read_metafile, write_metafile
from mmchan.zoo.quantities import METRICS, X_AXES
from mmchan.zoo.rows import rows
from mmchan.zoo.tables import table

SERIES = ('regnetx', 'rexnet', 'efficientnet')


def test_points_are_the_results_and_lines_join_the_best_of_each_network():
    made = chart('macs', 'top1', families=SERIES)
    wanted = [row for row in rows('classification') if row.series in SERIES and row.dataset == 'ImageNet-1k']
    assert sorted(point.name for point in made.points) == sorted(row.variant for row in wanted)
    joined = {point.name: point for line in made.lines for point in line}
    assert sum(map(len, made.lines)) == len(joined) == len({row.variant for row in wanted})
    best = joined['regnetx-400mf']  # 72.56, 72.618 and 72.55 are reported
    assert (best.x, best.y) == (pytest.approx(0.397678568), pytest.approx(72.618))
    assert all(len({(point.group, point.conditions) for point in line}) == 1 for line in made.lines)


def test_family_means_its_series():
    regnets = chart('macs', 'top1', families=['regnet'])
    assert regnets == chart('macs', 'top1', families=['regnetx', 'regnety'])
    assert {point.name for point in regnets.points} < set(list_variants('regnet*'))


def test_names_may_have_hyphens_or_underscores():
    lite = chart('macs', 'top1', families=['rexnet_lite'])
    assert lite == chart('macs', 'top1', families=['ReXNet-lite'])
    assert {point.series for point in lite.points} == {'rexnet_lite'}


def test_front_holds_exactly_what_no_other_point_beats():
    found = chart('params', 'top1').points
    front = pareto_front(found)
    assert 2 < len(front) < len(found)
    for point in found:
        beaten = any(o.x <= point.x and o.y >= point.y and (o.x, o.y) != (point.x, point.y) for o in found)
        assert beaten != any((o.x, o.y) == (point.x, point.y) for o in front)
    assert all(a.x < b.x and a.y < b.y for a, b in itertools.pairwise(front))


def test_fronts_join_only_what_compares():
    made = chart('macs', 'top1')
    series = {front.title: {point.series for point in front.points} for front in made.fronts}
    assert series == {
        'val, 300 epochs or more, 224x224': {'mobilenet_v2', 'rexnet'},
        'val, 300 epochs or more, own resolutions': {'efficientnet', 'efficientnet_lite'},
        'val, up to 150 epochs, 224x224': {'regnetx', 'regnety'},
    }
    boxes = chart('macs', 'box_ap')
    assert 'test-dev, schedule of arXiv:2007.00992, 320x320' in {front.title for front in boxes.fronts}
    for front in (*made.fronts, *boxes.fronts):
        assert {point.conditions for point in front.points} == {front.title}


def test_what_is_quoted_for_comparison_has_no_part_in_a_front():
    fbnet = next(point for point in chart('macs', 'box_ap').points if point.name == 'fbnet-c')
    alike = [point for point in chart('macs', 'box_ap').points if point.conditions == fbnet.conditions]
    assert fbnet in pareto_front(alike)
    assert all(fbnet not in front.points for front in fronts_of(alike))


def test_detection_is_grouped_by_detector():
    groups = {point.group for point in chart('macs', 'box_ap', families=['rexnet']).points}
    assert groups == {('rexnet', 'Faster R-CNN'), ('rexnet', 'SSDLite')}


def test_axes_are_the_quantities():
    made = chart('v100_ms', 'top1')
    assert (made.x_title, made.y_title) == (X_AXES['v100_ms'].axis, METRICS['top1'].axis)


def test_a_measured_latency_becomes_an_axis_and_a_column(tmp_path):
    folder = 'configs/rexnet_lite'
    shutil.copytree(home() / folder, tmp_path / folder)
    path = tmp_path / folder / METAFILE
    content = read_metafile(path)
    measured = {'device': 'RTX 3090', 'runtime': 'PyTorch', 'precision': 'fp16', 'batch': 1, 'ms': 4.2}
    content['Models'][0]['Metadata']['Latency'].append(measured)
    write_metafile(path, content)
    key = 'rtx-3090_pytorch_fp16_b1_ms'
    made = chart(key, 'top1', root=tmp_path)
    assert [(point.x, point.y) for point in made.points] == [(4.2, 76.2)]
    assert made.x_title == 'RTX 3090 latency (ms, PyTorch, fp16, batch 1)'
    assert 'RTX 3090 (ms, PyTorch, fp16, batch 1)' in table('classification', 'md', tmp_path)
    assert key in table('classification', 'csv', tmp_path).splitlines()[0]


@pytest.mark.parametrize('task', ['segmentation', 'instance segmentation', 'instance_segmentation'])
def test_task_is_spelled_as_people_do(task):
    assert chart('macs', 'box_ap', task=task) != chart('macs', 'box_ap')


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (('mac', 'top1'), "unknown x axis 'mac'; did you mean 'macs'"),
        (('v100', 'top1'), "unknown x axis 'v100'; did you mean 'v100_ms'"),
        (('macs', 'top-1'), "unknown y axis 'top-1'; did you mean 'top1'"),
        (('v100_ms', 'box_ap'), 'no row of the zoo has both v100_ms and box_ap'),
    ],
)
def test_unknown_axes_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        chart(*arguments)


@pytest.mark.parametrize(('name', 'nearest'), [('rexnets', 'rexnet'), ('regnets', 'regnet')])
def test_unknown_family_suggests_the_nearest(name, nearest):
    with pytest.raises(InputError, match=f"unknown family '{name}'; did you mean '{nearest}'"):
        chart('macs', 'top1', families=[name])


def test_drawing_names_axes_series_and_front(tmp_path):
    made = chart('cpu_ms', 'top1')
    plot_chart(made, tmp_path / 'chart.svg')
    text = (tmp_path / 'chart.svg').read_text()
    wanted = [made.x_title, made.y_title, *(label_of(*point.group) for point in made.points)]
    wanted += [f'front: {front.title}' for front in made.fronts]
    assert 'ReXNet-lite' in wanted
    assert all(f'<!-- {word} -->' in text for word in wanted)


@pytest.mark.parametrize('y', [metric.key for metric in METRICS.values() if metric.main])
def test_names_in_a_drawing_are_struck_by_no_line_and_cover_nothing(y):
    made = chart('macs', y)
    axes = draw(made).axes[0]
    names = [text.get_window_extent() for text in axes.texts]
    drawn = [line for line in axes.lines if line.get_linestyle() != 'None']
    assert len(drawn) == len(made.lines) + len(made.fronts)
    lines = [Path(line.get_transform().transform(corners(line))) for line in drawn]
    assert len(names) > 5
    for box in names:
        assert not any(line.intersects_bbox(box, filled=False) for line in lines)
        assert sum(box.overlaps(other) for other in names) == 1


def corners(line):
    """The places that a line joins, those of its steps included."""
    places = line.get_xydata()
    if line.get_drawstyle() == 'default':
        return places
    steps = (((x, level), (x, y)) for (_, level), (x, y) in itertools.pairwise(places))
    return [places[0], *itertools.chain.from_iterable(steps)]
