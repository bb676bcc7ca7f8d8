"""Runs are read as they are: ours, and those of plain MMEngine, over all their starts."""

import json
import math
import os
import socket

import pytest

from mmchan.errors import InputError
from mmchan.runs.logs import read_log, read_logs
from mmchan.runs.panels import panels, smoothed


def stock_lines(first, last, *, loss=1.0, length=20, metric=50.0):
    """What MMEngine's LoggerHook writes every 10 iterations, with a validation after every epoch."""
    for iteration in range(first, last + 1, 10):
        epoch = (iteration - 1) // length + 1
        times = {'data_time': 0.1, 'time': 0.4}
        yield {'lr': 0.1, **times, 'loss': loss, 'epoch': epoch, 'iter': iteration, 'step': iteration}
        if iteration % length == 0:
            yield {'accuracy/top1': metric + epoch, 'data_time': 0.2, 'time': 0.3, 'step': epoch}


def write_start(run, name, records, *, more=''):
    folder = run / name / 'vis_data'
    folder.mkdir(parents=True)
    text = ''.join(json.dumps(record) + '\n' for record in records)
    (folder / 'scalars.json').write_text(text + more)
    return folder / 'scalars.json'


def write_config(run, loop):
    (run / 'net_1xb64.py').write_text(f'train_cfg = {loop!r}\n')


@pytest.fixture
def stock(tmp_path):
    """A run of MMEngine that was stopped in its third epoch and resumed from the end of the second."""
    run = tmp_path / 'run'
    write_start(run, '20260101_000000', stock_lines(10, 50, loss=2.0))
    write_start(run, '20260102_000000', stock_lines(50, 80, loss=1.0, metric=60.0))
    write_config(run, {'by_epoch': True, 'max_epochs': 4})
    return run


def test_starts_of_a_run_are_joined(stock):
    log = read_log(stock)
    assert log.series['loss'].iterations == tuple(range(10, 90, 10))
    assert log.series['loss'].values == (2.0,) * 4 + (1.0,) * 4
    accuracy = log.series['accuracy/top1']
    assert accuracy.values == (51.0, 52.0, 63.0, 64.0)
    assert accuracy.epochs == (1, 2, 3, 4)
    assert accuracy.iterations == (20, 40, 60, 80)


def test_facts_of_a_stock_run(stock):
    log = read_log(stock)
    assert (log.name, log.config, log.state) == ('run', 'net_1xb64', 'finished')
    assert (log.epoch, log.max_epochs, log.iterations) == (4, 4, 80)
    assert log.speed == (2.5, 'iterations/s')
    assert log.waiting == pytest.approx(0.25)
    assert log.metrics == ('accuracy/top1',)


def test_one_start_alone_is_a_run_too(stock):
    log = read_log(stock / '20260101_000000')
    assert log.iterations == 50
    assert log.max_epochs == 4
    assert read_log(stock / '20260101_000000' / 'vis_data' / 'scalars.json').iterations == 50


def test_line_that_is_being_written_is_left_out(tmp_path):
    write_start(tmp_path, '20260101_000000', stock_lines(10, 30), more='{"lr": 0.1, "lo')
    assert read_log(tmp_path).iterations == 30


@pytest.mark.parametrize(('age', 'state'), [(0, 'running?'), (3600, 'stopped?')])
def test_unfinished_stock_run_is_judged_by_its_age(tmp_path, age, state):
    file = write_start(tmp_path, '20260101_000000', stock_lines(10, 30))
    write_config(tmp_path, {'by_epoch': True, 'max_epochs': 4})
    written = file.stat().st_mtime - age
    os.utime(file, (written, written))
    assert read_log(tmp_path).state == state


def write_ours(run, **summary):
    run.mkdir(exist_ok=True)
    lines = [
        {'mode': 'train', 'epoch': 1, 'iter': 10, 'loss': 1.5, 'lr': 0.1, 'time': 0.5, 'waiting': 0.2},
        {'mode': 'train', 'epoch': 1, 'iter': 20, 'loss': None, 'lr': 0.2, 'time': 0.5, 'waiting': 0.4},
        {'mode': 'val', 'epoch': 1, 'iter': 20, 'loss': 0.7, 'bbox_mAP': 0.3},
    ]
    (run / 'scalars.jsonl').write_text(''.join(json.dumps(line) + '\n' for line in lines))
    facts = {'state': 'finished', 'config': 'configs/net.py', 'max_epochs': 3, 'max_iterations': 60}
    (run / 'summary.json').write_text(json.dumps({**facts, **summary}))
    return run


def test_our_file_is_read_alone_and_knows_more(stock):
    log = read_log(write_ours(stock))
    assert log.series['loss'].iterations == (10, 20)
    assert math.isnan(log.series['loss'].values[1])
    assert log.series['val/loss'].values == (0.7,)
    assert (log.config, log.max_epochs, log.max_iterations) == ('net', 3, 60)
    assert log.waiting == pytest.approx(0.3)


def ended_process():
    """The number of a process that is no more."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid


@pytest.mark.parametrize(
    ('pid', 'host', 'state'),
    [
        (os.getpid, socket.gethostname(), 'running'),
        (ended_process, socket.gethostname(), 'killed'),
        (os.getpid, 'elsewhere', 'running?'),
    ],
)
def test_run_that_says_it_runs_is_looked_after(tmp_path, pid, host, state):
    assert read_log(write_ours(tmp_path, state='running', pid=pid(), host=host)).state == state


def test_best_value_depends_on_the_metric(stock):
    log = read_log(write_ours(stock))
    assert log.series['bbox_mAP'].best('bbox_mAP') == (0.3, 0)
    start = read_log(stock / '20260101_000000')
    assert start.series['accuracy/top1'].best('accuracy/top1') == (52.0, 1)
    assert start.series['accuracy/top1'].best('val/loss') == (51.0, 0)


def test_runs_are_told_apart_by_their_paths(tmp_path, stock):
    other = tmp_path / 'b' / 'run'
    write_start(other, '20260101_000000', stock_lines(10, 30))
    assert [log.name for log in read_logs([stock, other])] == [f'{tmp_path.name}/run', 'b/run']
    assert [log.name for log in read_logs([stock, stock])] == ['run (1)', 'run (2)']


@pytest.mark.parametrize(
    ('make', 'said'),
    [
        (lambda run: None, r'there is no run .*; name a work_dir'),
        (lambda run: run.mkdir(), r'holds no scalars\.jsonl and no \*/vis_data/scalars\.json'),
        (lambda run: write_start(run, '20260101_000000', []), 'holds no logged step yet'),
    ],
)
def test_run_without_a_log_is_named(tmp_path, make, said):
    make(tmp_path / 'run')
    with pytest.raises(InputError, match=said):
        read_log(tmp_path / 'run')


def test_curves_are_loss_metrics_rate_and_speed(stock):
    titles = [panel.title for panel in panels([read_log(stock)])]
    assert titles == ['loss', 'accuracy/top1', 'learning rate', 'seconds per iteration']


def test_unknown_key_is_answered_with_the_nearest(stock):
    with pytest.raises(InputError, match="no run logged 'acuracy/top1'; did you mean 'accuracy/top1'"):
        panels([read_log(stock)], ['acuracy/top1'])


def test_long_curves_are_smoothed_and_short_ones_are_not():
    assert smoothed([1.0, 5.0, math.nan, 2.0]) == [1.0, 5.0, 5.0, 2.0]
    rough = [float(index % 2) for index in range(400)]
    assert all(0.4 < value < 0.6 for value in smoothed(rough)[200:])
