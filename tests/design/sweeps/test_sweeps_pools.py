"""Pools run trials, tell why one failed, and go on; the same in all of them."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from mmchan.design.sweeps import pools
from mmchan.design.sweeps.pools import on_ray, open_pool
from mmchan.design.sweeps.pools.attempt import attempt
from mmchan.errors import InputError
from tests.cli.command_lines import ROOT
from tests.design.sweeps import trial_functions
from tests.design.sweeps.sweeps import function, pool_of, task

# trial -> cause and message
RAISED = {
    'raising': ('error', "KeyError: 'no such layer'"),
    'nan': ('nan', 'FloatingPointError: the loss is nan'),
    'nan_error': ('nan', 'FloatingPointError: errors of the trial have nan'),
    'memory': ('memory', 'MemoryError: no room'),
    'torch_memory': (
        'memory',
        "RuntimeError: DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes",
    ),
    'exits_politely': ('error', 'SystemExit: 4'),
    'nothing': ('error', 'TypeError: a trial must return an Outcome, got NoneType'),
}
DIED = {
    'exits': ('crash', 'its process ended with exit status 3'),
    'segfault': ('crash', 'its process was ended by SIGSEGV'),
    'killed': ('crash', 'its process was ended by SIGKILL'),
    'hangs': ('timeout', 'not done within 2 s'),
}


def results(pool, names):
    """What came of trials, by name."""
    waiting, found = [task(name) for name in names], {}
    with pool:
        while waiting or pool.running:
            while waiting and len(pool.running) < pool.places:
                pool.submit(waiting.pop())
            found |= {done.trial: what for done, what in pool.wait(1.0)}
    return found


def reasons(found):
    return {name: (what.cause, what.message) for name, what in found.items()}


@pytest.mark.parametrize('name', RAISED)
def test_what_a_trial_raises_is_its_cause(name):
    found = attempt(trial_functions.BY_NAME[name], task(name))
    assert (found.cause, found.message, found.outcome) == (*RAISED[name], None)
    assert found.message.split(':')[0] in found.details


def test_outcome_of_a_trial_is_what_it_returned():
    found = attempt(trial_functions.drawn, task('drawn', seed=3))
    assert found.cause is None
    assert found.outcome == trial_functions.drawn(task('drawn', seed=3))


@pytest.mark.slow
def test_processes_tell_every_failure_and_go_on(tmp_path):
    expected = {**RAISED, **DIED, 'drawn': (None, '')}
    pool = pool_of(tmp_path, 'processes', trials='as_named', workers=2, timeout=2)()
    found = results(pool, expected)
    assert reasons(found) == expected
    assert [name for name, what in found.items() if what.outside] == ['killed']
    assert found['drawn'].outcome == trial_functions.drawn(task('drawn'))
    assert 'Fatal Python error: Segmentation fault' in found['segfault'].details


def test_in_this_process_failures_are_the_same():
    expected = {**RAISED, 'drawn': (None, '')}
    assert (
        reasons(results(open_pool('here', None, timeout=1, function=function('as_named')), expected))
        == expected
    )


def test_a_worker_lives_for_many_trials_and_has_one_thread(tmp_path):
    with pool_of(tmp_path, 'processes', trials='pid', workers=1)() as pool:
        found = []
        for _ in range(3):
            pool.submit(task('pid'))
            while pool.running:
                found += [what.outcome for _, what in pool.wait(1.0)]
    assert len({tuple(one.errors) for one in found}) == 1
    assert found[0].errors != [float(os.getpid())]
    assert found[0].losses == [1.0]


def test_what_the_kernel_ends_for_want_of_memory_is_known_by_its_count(tmp_path, monkeypatch):
    counts = tmp_path / 'vmstat'
    counts.write_text('nr_free_pages 1\noom_kill 7\n')
    monkeypatch.setattr('mmchan.design.sweeps.pools.child.KERNEL_COUNTS', counts)
    with pool_of(tmp_path, 'processes', trials='out_of_memory', workers=1)() as pool:
        pool.submit(replace(task('out_of_memory'), folder=str(counts)))
        ((_, found),) = pool.wait(60.0)
    assert (found.cause, found.outside, found.begun) == ('memory', True, True)
    assert found.message == 'the kernel ended its process, as memory ran out'


def test_cluster_that_does_not_answer_is_told_at_once():
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))  # nobody listens
        address = f'127.0.0.1:{taken.getsockname()[1]}'
        for prefix in ('', 'ray://'):
            with pytest.raises(InputError, match=f"no cluster answers at '{prefix}{address}': .*refused"):
                on_ray.check_answers(prefix + address)
    on_ray.check_answers('auto')


def test_closing_ends_what_workers_do(tmp_path):
    pool = pool_of(tmp_path, 'processes', trials='hangs', workers=1)()
    pool.submit(task('hangs'))
    assert pool.wait(0.5) == []
    (child,) = pool._children
    pool.close()
    assert child.process.returncode == -signal.SIGKILL
    assert pool.running == []


PARENT = """
from pathlib import Path
from tests.design.sweeps.sweeps import pool_of, task
pool = pool_of(Path('{folder}'), 'processes', trials='hangs', workers=2)()
for _ in range(2):
    pool.submit(task('hangs'))
pool.wait(1.0)
print(*[child.process.pid for child in pool._children], flush=True)
pool.wait(1000)
"""


def test_workers_end_with_a_sweep_that_is_killed(tmp_path):
    script = PARENT.format(folder=tmp_path)
    with subprocess.Popen([sys.executable, '-c', script], cwd=ROOT, stdout=subprocess.PIPE) as parent:
        workers = [int(word) for word in parent.stdout.readline().split()]
        assert all(is_running(worker) for worker in workers)
        parent.kill()
    deadline = time.monotonic() + 60
    while any(is_running(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(is_running(worker) for worker in workers)


def is_running(process):
    try:
        status = open(f'/proc/{process}/stat').read()  # noqa: SIM115, PTH123 - it may be gone by then
    except FileNotFoundError:
        return False
    return status.rpartition(')')[2].split()[0] != 'Z'


def test_workers_that_cannot_start_are_told(tmp_path):
    pool = open_pool('processes', tmp_path, timeout=60, workers=1, function='no.such:function')
    with pytest.raises(InputError, match=r"(?s)a worker cannot start: .*No module named 'no'"):
        results(pool, ['drawn'])


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'kind': 'rai'}, "unknown pool 'rai'; did you mean 'ray'"),
        ({'kind': 'processes', 'address': 'auto'}, '--address is that of a cluster of Ray'),
        ({'kind': 'here', 'workers': 2}, '--workers must be 1 with --pool here'),
        ({'kind': 'processes', 'gpus': 1.5}, '--gpus must be a fraction of a GPU, or whole ones'),
    ],
)
def test_options_that_do_not_go_together_are_refused(tmp_path, options, message):
    with pytest.raises(InputError, match=message):
        open_pool(options.pop('kind'), tmp_path, timeout=1, **options)


def test_workers_share_gpus_as_they_are_told(tmp_path, monkeypatch):
    monkeypatch.setenv('CUDA_VISIBLE_DEVICES', '2,3')
    assert gpus_of(tmp_path, gpus=0.5) == ['2', '2', '3', '3']
    assert gpus_of(tmp_path, gpus=1, workers=1) == ['2']
    assert gpus_of(tmp_path, gpus=2) == ['2,3']
    assert gpus_of(tmp_path, gpus=0, workers=2) == ['', '']
    with pytest.raises(InputError, match='--workers must be at most 2: so many have 1 GPUs each, got 3'):
        gpus_of(tmp_path, gpus=1, workers=3)
    with pytest.raises(InputError, match='--gpus must be at most the 2 GPUs'):
        gpus_of(tmp_path, gpus=4)


def gpus_of(folder, **options):
    pool = open_pool('processes', folder, timeout=1, **options)
    return [environment['CUDA_VISIBLE_DEVICES'] for environment in pool.environments]


def test_without_ray_processes_are_the_automatic_choice_and_ray_is_missed(tmp_path, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(pools.importlib.util, 'find_spec', lambda name: None if name == 'ray' else find(name))
    monkeypatch.setitem(sys.modules, 'ray', None)
    assert type(open_pool('auto', tmp_path, timeout=1)).__name__ == 'Processes'
    with pytest.raises(InputError, match='ray is not installed: pip install'):
        open_pool('ray', tmp_path, timeout=1)
