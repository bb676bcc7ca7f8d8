"""Latencies in files: what is written is read, what is wrong is named."""

import json
from dataclasses import asdict, replace

import pytest

from mmchan.errors import InputError
from mmchan.measure.latencies import Measured, add_latencies, device_name, read_latencies

ONE = Measured(
    network='rexnet-1.0x',
    resolution='224x224',
    device='Box, 2 threads',
    runtime='onnx',
    precision='fp32',
    batch=4,
    ms=8.0,
    low_ms=7.5,
    high_ms=9,
    rounds=15,
    weights='random',
)
OTHER = replace(ONE, network='regnetx-400mf', ms=5.0)


@pytest.mark.parametrize('suffix', ['json', 'yml', 'yaml'])
def test_records_come_back_with_their_machine(tmp_path, suffix):
    path = tmp_path / f'latencies.{suffix}'
    add_latencies(path, [ONE, OTHER], {'cpu': 'Box'})
    assert read_latencies(path) == [OTHER, ONE]  # sorted
    assert 'Box, 2 threads' in path.read_text()


def test_a_second_measurement_replaces_the_first_and_keeps_the_rest(tmp_path):
    path = tmp_path / 'latencies.json'
    add_latencies(path, [ONE, OTHER], {'cpu': 'Box'})
    again = replace(ONE, ms=7.0)
    elsewhere = replace(ONE, device='Board, 4 threads')
    add_latencies(path, [again], {'cpu': 'Box', 'cores': 2})
    add_latencies(path, [elsewhere], {'cpu': 'Board'})
    assert set(read_latencies(path)) == {again, OTHER, elsewhere}
    machines = json.loads(path.read_text())['machines']
    assert machines == {'Board, 4 threads': {'cpu': 'Board'}, 'Box, 2 threads': {'cpu': 'Box', 'cores': 2}}


def test_throughput_is_images_over_time():
    assert ONE.images_per_second == 500


@pytest.mark.parametrize(
    ('cpu', 'name'),
    [
        ('Intel(R) Core(TM) i7-8650U CPU @ 1.90GHz', 'Core i7-8650U, 2 threads'),
        ('AMD Ryzen 9 5950X 16-Core Processor', 'AMD Ryzen 9 5950X, 2 threads'),
        ('', 'CPU, 2 threads'),
    ],
)
def test_machines_are_named_by_the_model_of_their_cpu(cpu, name):
    assert device_name(cpu, 2) == name


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'ms': 0}, 'ms in .* must be a number above 0, got 0'),
        ({'batch': 1.5}, 'batch in .* must be a number above 0, got 1.5'),
        ({'ms': None}, 'ms in .* must be a number above 0, got None'),
        ({'color': 'rgb'}, 'a latency must have network, resolution'),
    ],
)
def test_a_wrong_record_is_named(tmp_path, change, message):
    path = tmp_path / 'latencies.json'
    path.write_text(json.dumps({'latencies': [{**asdict(ONE), **change}]}))
    with pytest.raises(InputError, match=message):
        read_latencies(path)


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        ('a.txt', '', "file of latencies must end in one of .json, .yml, .yaml, got '.*a.txt'"),
        ('a.json', '{', 'is no valid JSON'),
        ('a.yml', 'x: [', 'is no valid YML'),
        ('a.json', '{"machines": {}}', "must hold a list 'latencies'"),
        ('b.json', None, 'there is no file of latencies'),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match=message):
        read_latencies(path)
