"""Who waits for data is told so, once, with what may help."""

import logging
from types import SimpleNamespace

import pytest
from torch.utils.data import DataLoader

from mmchan.errors import InputError
from mmchan.runs.hooks import paced
from mmchan.runs.hooks.paced import WINDOW, Pace, images_of
from mmchan.runs.hooks.waiting import WaitingHook, advice, cores_per_process


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test sets."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(paced, 'perf_counter', lambda: clock.now)
    return clock


def iterate(hook, clock, runner, *, waits, works, times):
    for number in range(times):
        clock.now += waits
        hook.before_train_iter(runner, number, None)
        clock.now += works
        hook.after_train_iter(runner, number, {'inputs': [0] * 8}, None)


def test_pace_tells_waiting_from_work(clock):
    pace = Pace()
    pace.wait()
    for waits, works in [(1.0, 3.0), (2.0, 2.0)]:
        clock.now += waits
        pace.receive()
        clock.now += works
        pace.finish(16)
    assert (pace.share(), pace.speed()) == (3 / 8, 4.0)
    assert (pace.mean_share(), pace.mean_speed()) == (3 / 8, 4.0)


@pytest.mark.parametrize(
    ('batch', 'images'),
    [
        ({'inputs': [1, 2, 3]}, 3),
        ({'inputs': {'sup': [1], 'unsup': [1, 2]}}, 3),
        (([1, 2], [0, 0]), 2),
        ({}, 0),
        (None, 0),
    ],
)
def test_images_are_counted_in_every_kind_of_batch(batch, images):
    assert images_of(batch) == images


@pytest.mark.parametrize(
    ('waits', 'works', 'warnings'), [(0.1, 0.9, 0), (0.3, 0.7, 0), (0.5, 0.5, 1), (9.0, 1.0, 1)]
)
def test_warns_once_above_a_third(clock, logged, waits, works, warnings):
    hook, runner = (
        WaitingHook(),
        SimpleNamespace(logger=logging.getLogger(), train_dataloader=DataLoader([1])),
    )
    hook.before_train(runner)
    hook.before_train_epoch(runner)
    iterate(hook, clock, runner, waits=waits, works=works, times=4 * WINDOW)
    said = [record.getMessage() for record in logged.records]
    assert len(said) == warnings
    assert all('waited for data' in line and f'{waits / (waits + works):.0%}' in line for line in said)


def test_start_of_the_workers_does_not_count(clock, logged):
    hook, runner = WaitingHook(warmup=5), SimpleNamespace(logger=logging.getLogger())
    hook.before_train(runner)
    hook.before_train_epoch(runner)
    iterate(hook, clock, runner, waits=100.0, works=1.0, times=5)
    iterate(hook, clock, runner, waits=0.1, works=1.0, times=4 * WINDOW)
    assert not logged.records


def test_validation_is_no_waiting(clock):
    hook, runner = WaitingHook(), SimpleNamespace()
    hook.before_train(runner)
    hook.before_train_epoch(runner)
    iterate(hook, clock, runner, waits=0.0, works=1.0, times=1)
    clock.now += 1000.0
    hook.after_val(runner)
    iterate(hook, clock, runner, waits=1.0, works=1.0, times=1)
    assert hook.pace.share() == 1 / 3


@pytest.mark.parametrize(
    ('settings', 'cores', 'said'),
    [
        ({}, 8, 'num_workers is 0, there are 8 cores'),
        ({'num_workers': 2}, 8, 'num_workers is 2, there are 8 cores'),
        ({'num_workers': 2}, 8, 'persistent_workers=True'),
        ({'num_workers': 2, 'persistent_workers': True}, 2, 'more cores: 2 workers'),
    ],
)
def test_advice_names_what_may_change(settings, cores, said):
    text = advice(0.62, DataLoader([1], **settings), cores=cores)
    assert said in text
    assert '62%' in text
    assert max(map(len, text.splitlines())) <= 100


def test_advice_leaves_out_what_is_so_already():
    text = advice(0.62, DataLoader([1], num_workers=1, persistent_workers=True), cores=8)
    assert 'persistent_workers' not in text


def test_cores_are_shared_between_processes(monkeypatch):
    alone = cores_per_process()
    monkeypatch.setenv('LOCAL_WORLD_SIZE', str(2 * alone))
    assert cores_per_process() == 1


@pytest.mark.parametrize('settings', [{'share': 0}, {'share': 1.5}, {'warmup': -1}])
def test_settings_are_checked(settings):
    with pytest.raises(InputError, match=r'runtime_cfg\.waiting\.'):
        WaitingHook(**settings)
