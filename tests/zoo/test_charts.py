"""Accuracy against cost: points, their front, the drawing."""

import itertools
import shutil

import pytest

from mmchan.channels import list_variants
from mmchan.drawing.zoo import label_of, plot_chart
from mmchan.errors import InputError
from mmchan.home import home
from mmchan.zoo.charts import chart, pareto_front
from mmchan.zoo.metafiles import METAFILE, read_metafile, write_metafile
from mmchan.zoo.quantities import METRICS, X_AXES
from mmchan.zoo.rows import rows
from mmchan.zoo.tables import table

SERIES = ('regnetx', 'rexnet', 'efficientnet')


def test_points_are_one_per_network_with_its_best_score():
    found = chart('macs', 'top1', families=SERIES).points
    expected = {row.variant for row in rows('classification') if row.series in SERIES}
    assert {point.series for point in found} == set(SERIES)
    assert sorted(point.name for point in found) == sorted(expected)
    best = {point.name: point for point in found}['regnetx-400mf']
    assert (best.x, best.y) == (pytest.approx(0.397678568), pytest.approx(72.618))


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


def test_detection_is_grouped_by_detector():
    groups = {point.group for point in chart('macs', 'box_ap', families=['rexnet']).points}
    assert groups == {('rexnet', 'Faster R-CNN'), ('rexnet', 'SSDLite')}


def test_axes_are_the_quantities():
    made = chart('v100_ms', 'top1')
    assert (made.x_title, made.y_title) == (X_AXES['v100_ms'].axis, METRICS['top1'].axis)
    assert (made.x_scale, chart('params', 'top1').x_scale) == ('linear', 'log')


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
    wanted = [made.x_title, made.y_title, 'Pareto front', *(label_of(*point.group) for point in made.points)]
    assert 'ReXNet-lite' in wanted
    assert all(f'<!-- {word} -->' in text for word in wanted)
