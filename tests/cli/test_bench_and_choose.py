"""``mmchan bench`` and ``mmchan choose`` as users call them."""

import json
from dataclasses import replace

import pytest

from mmchan.cli import bench, choose, grid
from mmchan.measure.latencies import Measured, add_latencies, read_latencies
from mmchan.runs.config import load_config
from mmchan.zoo.choosing import Found, Limits, candidates, metric_of
from tests.cli.command_lines import mmchan_here, succeeded

NAMES = {'rexnet-1.3x': 9.0, 'rexnet-1.0x': 7.0, 'regnetx-400mf': 4.0, 'efficientnet-b0': 12.0}
ONE = Measured('rexnet-1.0x', '224x224', 'box', 'onnx', 'fp32', 1, 8.0, 7.5, 9.0, 15, 'published')


@pytest.fixture
def box(tmp_path):
    """A file with the latencies of four networks."""
    path = tmp_path / 'box.json'
    add_latencies(path, [replace(ONE, network=name, ms=ms) for name, ms in NAMES.items()], {'cpu': 'Box'})
    return path


def chosen(path, *arguments, cwd):
    return mmchan_here('choose', '--latencies', path, '--runtime', 'onnx', *arguments, cwd=cwd)


@pytest.mark.slow
def test_bench_prints_and_writes_what_it_measured(tmp_path):
    arguments = ['regnetx-200mf', '--batch', '1', '--batch', '2', '--rounds', '1', '--threads', '1']
    files = ['--json', 'all.json', '--add-to-zoo', 'zoo.yml']
    result = succeeded(mmchan_here('bench', *arguments, '--device-name', 'box', *files, cwd=tmp_path))
    content = json.loads((tmp_path / 'all.json').read_text())
    assert [one['batch'] for one in content['latencies']] == [1, 2]
    assert content['machines']['box']['threads'] == 1
    for one in content['latencies']:
        assert one['images_per_second'] == pytest.approx(1000 * one['batch'] / one['ms'], rel=1e-3)
    kept = read_latencies(tmp_path / 'zoo.yml')
    assert [one.ms for one in kept] == [one['ms'] for one in content['latencies']]
    assert 'box_eager_fp32_b1_ms, box_eager_fp32_b2_ms' in result.stdout
    plot = ['--latencies', 'zoo.yml', '--x', 'box_eager_fp32_b1_ms', '--out', 'plot.svg']
    assert succeeded(mmchan_here('zoo', 'plot', *plot, cwd=tmp_path)).stdout.startswith(
        '1 result of 1 network drawn'
    )


@pytest.mark.parametrize('width', [80, 140])
def test_table_of_bench_cuts_nothing(monkeypatch, capsys, width):
    monkeypatch.setattr(grid, 'screen_width', lambda: width)
    path = 'configs/faster_rcnn/faster-rcnn_regnetx-400mf_fpn_1xb8_digits-coco.py'
    bench.show([ONE, replace(ONE, network=path, ms=1234.5)], 'a title')
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines()[:-1])) <= width
    assert 'faster-rcnn_regnetx-400mf_fpn_1xb8_digits-coco ' in shown
    assert ('7.5 to 9' in shown) == (width == 140)


@pytest.mark.parametrize('width', [80, 140])
def test_table_of_choose_cuts_nothing(monkeypatch, capsys, width):
    monkeypatch.setattr(grid, 'screen_width', lambda: width)
    found = [Found(row, 9.0) for row in candidates('segmentation', Limits())[:3]]
    choose.show(found, metric_of('segmentation'), 'a title')
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines()[:-1])) <= width
    assert 'Cascade Mask R-CNN regnetx-3.2gf ' in shown


def test_choose_names_the_most_accurate_that_hold_the_limit(box, tmp_path):
    files = ['--plot', 'choice.svg', '--write-config', 'mine.py']
    result = succeeded(chosen(box, '--max-latency', '0.01s', '--top', '2', *files, cwd=tmp_path))
    lines = [line.split() for line in result.stdout.splitlines()]
    assert [line[0] for line in lines[2:4]] == ['rexnet-1.3x', 'rexnet-1.0x']
    assert '--model rexnet-1.3x --checkpoint' in result.stdout
    assert '<!-- limit -->' in (tmp_path / 'choice.svg').read_text()
    config = load_config(tmp_path / 'mine.py')
    assert config.model.backbone.arch == 'rexnet-1.3x'
    assert config.load_from.startswith('https://')


def test_choose_names_the_nearest_miss_and_exits_with_1(box, tmp_path):
    result = chosen(box, '--max-latency', '2ms', cwd=tmp_path)
    assert result.returncode == 1
    assert 'the nearest miss is regnetx-400mf with 4 ms (2.00 times the limit)' in result.stdout


def test_choose_needs_no_clock_for_other_limits(tmp_path):
    result = succeeded(mmchan_here('choose', '--max-params', '6M', '--top', '1', cwd=tmp_path))
    best = candidates('classification', Limits(params=6e6))[0]
    assert result.stdout.splitlines()[2].split()[0] == best.variant


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['bench', 'rexnet-1.0'], "unknown variant 'rexnet-1.0'; did you mean 'rexnet-1.0x'"),
        (['bench', 'rexnet-1.0x', '--runtime', 'opnvino'], "runtime 'opnvino'; did you mean 'openvino'"),
        (['bench', 'rexnet-1.0x', '--add-to-zoo', 'a.csv'], 'must end in one of .json, .yml, .yaml'),
        (['choose', '--max-latency', '10'], '--max-latency must be a time above 0 with its unit'),
        (['choose', '--max-params', '6MB'], '--max-params must be a number above 0, such as 6M'),
        (['choose', '--runtime', 'onx'], "unknown runtime 'onx'; did you mean 'onnx'"),
        (['choose', '--task', 'detect'], "unknown task 'detect'"),
        (['choose', '--max-params', '1M'], 'no published network holds the limits; the nearest is'),
        (['choose', '--write-config', 'a.txt'], "the file must end in .py, got 'a.txt'"),
        (['choose', '--latencies', 'a.json'], "there is no file of latencies 'a.json'"),
    ],
)
def test_mistakes_are_named_and_exit_with_2(arguments, message, tmp_path):
    result = mmchan_here(*arguments, cwd=tmp_path)
    assert result.returncode == 2, result.stderr
    assert message in result.stderr
    assert 'Traceback' not in result.stderr
