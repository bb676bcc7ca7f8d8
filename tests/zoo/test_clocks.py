"""Where latencies come from: a file, or this machine's memory."""

from dataclasses import replace

import pytest

from mmchan.deploy.forms import Form, Settings
from mmchan.errors import InputError
from mmchan.measure.latencies import Measured, add_latencies, read_latencies
from mmchan.zoo import rows
from mmchan.zoo.charts import chart
from mmchan.zoo.choosing import Limits, candidates
from mmchan.zoo.clocks import GivenLatencies, MeasuredLatencies, remembered_path
from mmchan.zoo.rows import with_latencies

FORM = Form('onnx', 'fp32', 1)
CONFIG = 'configs/retinanet/retinanet_regnetx-800mf_fpn_1x_coco.py'
ONE = Measured('rexnet-1.0x', '224x224', 'box', 'onnx', 'fp32', 1, 8.0, 7.5, 9.0, 15, 'random')


@pytest.fixture
def path(tmp_path):
    return tmp_path / 'latencies.json'


def row_of(variant):
    return next(row for row in candidates('classification', Limits()) if row.variant == variant)


def test_given_latencies_are_of_one_form(path):
    add_latencies(path, [ONE, replace(ONE, batch=16, ms=90.0), replace(ONE, runtime='eager')], {})
    clock = GivenLatencies(path, FORM)
    assert clock.known(row_of('rexnet-1.0x')) == 8.0
    assert clock.known(row_of('rexnet-1.3x')) is None
    assert clock.setting.axis == 'box latency (ms, onnx, fp32, batch 1)'


def test_several_machines_need_a_name(path):
    add_latencies(path, [ONE, replace(ONE, device='board', ms=40.0)], {})
    with pytest.raises(InputError, match='several machines: give --device-name, one of board, box'):
        GivenLatencies(path, FORM)
    assert GivenLatencies(path, FORM, 'board').known(row_of('rexnet-1.0x')) == 40.0
    with pytest.raises(InputError, match='no latency of onnx fp32 batch 1 on phone; it has board, box'):
        GivenLatencies(path, FORM, 'phone')


def test_a_file_without_the_form_is_refused(path):
    add_latencies(path, [ONE], {})
    with pytest.raises(InputError, match='has no latency of openvino fp32 batch 1$'):
        GivenLatencies(path, Form('openvino', 'fp32', 1))


def test_what_was_measured_is_not_measured_again(path):
    add_latencies(path, [ONE], {})
    clock = MeasuredLatencies(FORM, Settings(threads=1, device='box'), path=path)
    assert clock.latency_of(row_of('rexnet-1.0x')) == 8.0
    assert clock.measured == []
    forgetful = MeasuredLatencies(FORM, Settings(threads=1, device='box'), path=path, remeasure=True)
    assert forgetful.known(row_of('rexnet-1.0x')) is None


def test_machines_are_remembered_apart(monkeypatch, tmp_path):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    machine = {'cpu': 'Box', 'versions': {'torch': '2.12'}}
    path = remembered_path(machine)
    assert path == remembered_path(machine)
    assert path.parent == tmp_path / 'mmchan'
    assert path != remembered_path({**machine, 'versions': {'torch': '2.13'}})


@pytest.mark.slow
def test_what_is_new_is_measured_and_remembered(path):
    settings = Settings(threads=1, rounds=1, device='box')
    clock = MeasuredLatencies(Form('eager', 'fp32', 1), settings, path=path)
    row = replace(row_of('regnetx-200mf'), resolution='32x32')
    ms = clock.latency_of(row)
    assert clock.least_ms(replace(row, macs=2 * row.macs)) == pytest.approx(2 * clock.least_ms(row))
    kept = {one.network: one for one in read_latencies(path)}
    assert (kept['regnetx-200mf'].ms, kept['regnetx-200mf'].resolution) == (ms, '32x32')
    assert len(kept) == 2  # and what bounds the others


def test_latencies_come_to_the_records_of_their_network_and_resolution():
    detector = replace(ONE, network=CONFIG, resolution='1280x800', ms=900.0)
    found = with_latencies([*rows('classification'), *rows('detection')], [ONE, detector])
    measured = {
        row.name: row.latencies[-1].ms for row in found if row.latencies and row.latencies[-1].device == 'box'
    }
    networks = {(row.variant, row.dataset) for row in found if row.name in measured}
    assert networks == {('rexnet-1.0x', 'ImageNet-1k'), ('regnetx-800mf', 'COCO')}
    assert set(measured.values()) == {8.0, 900.0}
    assert with_latencies(found, [replace(ONE, resolution='192x192')]) == found


def test_measured_latencies_become_an_axis():
    made = chart('box_onnx_fp32_b1_ms', 'top1', measured=[ONE, replace(ONE, network='regnetx-400mf', ms=5.0)])
    assert {(point.name, point.x) for point in made.points} == {('regnetx-400mf', 5.0), ('rexnet-1.0x', 8.0)}
    assert made.fronts == ()  # 100 epochs do not compare with 400
