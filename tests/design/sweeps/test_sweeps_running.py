"""A sweep runs every trial once, whatever interrupts it, and its table is the same."""

import json
import os
import re
import signal

import pytest

from mmchan.channels import get_plan
from mmchan.design.sweeps import read_results
from mmchan.design.sweeps.plan import plan_trials, trial_seed
from mmchan.design.sweeps.pools import CAUSES, Attempt, WorkersLostError
from mmchan.design.sweeps.pools.in_process import InProcess
from mmchan.design.sweeps.running import STARTS, run_sweep
from mmchan.design.sweeps.settings import FORMAT
from mmchan.design.sweeps.table import read_table
from mmchan.errors import InputError
from tests.cli.command_lines import ROOT, run, succeeded
from tests.design.sweeps.sweeps import function, ran, sweep


@pytest.fixture(scope='module')
def expected(tmp_path_factory):
    """The rows of a sweep with failures that nothing disturbs."""
    return ran(tmp_path_factory.mktemp('undisturbed'), trials='failing_by_raising')


def test_rows_say_the_network_and_what_came_of_it(tmp_path):
    rows = ran(tmp_path)
    first = rows[0]
    assert [row['index'] for row in rows] == list(range(8))
    assert first['trial'] == f'{first["network"]}-0'
    assert (first['last'], first['minimum']) == (first['errors'][1], min(first['errors']))
    results = read_results(tmp_path)
    assert first['network'] == results.population.ids[0]
    assert get_plan(first['arch']) == results.population.plan(0)
    assert first['macs'] == results.population.macs[0]


@pytest.mark.parametrize('workers', [1, 2])
def test_processes_give_the_same_table(tmp_path, expected, workers):
    assert ran(tmp_path, 'processes', trials='failing_by_raising', workers=workers) == expected


@pytest.mark.slow
def test_ray_gives_the_same_table_as_processes(tmp_path):
    """With every failure that there is; starting Ray takes half of the time, hence once."""
    pytest.importorskip('ray')
    options = {'given': sweep(count=12, seed=8), 'trials': 'failing', 'workers': 2, 'timeout': 2}
    expected = ran(tmp_path / 'processes', 'processes', **options)
    assert {row['cause'] for row in expected} == {None, *CAUSES}
    assert ran(tmp_path / 'ray', 'ray', **options) == expected


@pytest.mark.parametrize('bytes_left', [0, 1500, 3000, 4001])
def test_sweep_goes_on_from_any_part_of_its_table(tmp_path, expected, bytes_left):
    ran(tmp_path, trials='failing_by_raising')
    table = tmp_path / 'trials.jsonl'
    table.write_bytes(table.read_bytes()[:bytes_left])
    recorded = len(read_table(table).rows)
    counting = Counting()
    run_sweep(sweep(), tmp_path, workers=lambda: counting)
    assert counting.count == 8 - recorded
    assert read_table(table).broken == []
    assert len(read_table(table).rows) == 8


class Counting(InProcess):
    """Counts trials."""

    def __init__(self, trials='failing_by_raising'):
        super().__init__(function(trials))
        self.count = 0

    def submit(self, task):
        self.count += 1
        super().submit(task)


@pytest.mark.slow
def test_sweep_that_is_killed_again_and_again_has_the_same_table(tmp_path):
    """A few of the kills of benchmarks/kill_sweep.py, of the sweep and of its workers."""
    done = succeeded(run(ROOT / 'benchmarks' / 'kill_sweep.py', '--kills', '4', '--seed', '2', cwd=tmp_path))
    assert re.match(
        r'4 kills \(sweep \d+, worker \d+\), .* 0 orphans, 0 differences', done.stdout.splitlines()[-1]
    )


def test_finished_sweep_opens_no_pool(tmp_path):
    rows = ran(tmp_path)

    def none():
        raise AssertionError('there is nothing to do')

    ended = run_sweep(sweep(), tmp_path, workers=none)
    assert (ended.signal, ended.progress.done, ended.progress.total) == ('', 8, 8)
    assert ran(tmp_path) == rows


def test_failed_trials_run_again_only_when_asked(tmp_path, expected):
    ran(tmp_path, trials='failing_by_raising')
    assert ran(tmp_path, trials='drawn') == expected
    again = ran(tmp_path, trials='drawn', retry_failed=True)
    assert [row['status'] for row in again] == ['done'] * 8
    failed = [row['status'] == 'failed' for row in expected]
    assert 0 < sum(failed) < 8
    for old, new, was_failed in zip(expected, again, failed, strict=True):
        assert (old == new) != was_failed
    assert len((tmp_path / 'trials.jsonl').read_text().splitlines()) == 8


class Killed(InProcess):
    """Its worker is killed from outside at the first attempts at a trial."""

    def __init__(self, times, **how):
        super().__init__(function('drawn'))
        self.left, self.order = {}, []
        self.times, self.how = times, how

    def wait(self, seconds):
        done = []
        for task, found in super().wait(seconds):
            self.order.append(task.trial)
            left = self.left.setdefault(task.trial, self.times)
            self.left[task.trial] -= 1
            lost = Attempt(**{'cause': 'crash', 'message': 'ended', 'outside': True, **self.how})
            done.append((task, lost if left > 0 else found))
        return done


def test_trial_whose_worker_is_killed_is_tried_again(tmp_path):
    pool = Killed(times=2)
    run_sweep(sweep(), tmp_path / 'killed', workers=lambda: pool)
    assert len(pool.order) == 24
    rows = read_table(tmp_path / 'killed' / 'trials.jsonl').rows
    assert [row['last'] for row in rows] == [row['last'] for row in ran(tmp_path / 'whole')]


@pytest.mark.parametrize(('cause', 'tries'), [('crash', 5), ('memory', 2)])
def test_trial_whose_worker_is_killed_every_time_has_failed(tmp_path, cause, tries):
    pool = Killed(times=9, cause=cause)
    run_sweep(sweep(), tmp_path, workers=lambda: pool)
    rows = read_table(tmp_path / 'trials.jsonl').rows
    assert {(row['cause'], row['message']) for row in rows} == {(cause, f'ended ({tries} times)')}
    assert len(pool.order) == 8 * tries


def test_worker_that_is_killed_while_it_starts_is_no_fault_of_its_trial(tmp_path):
    run_sweep(sweep(count=1), tmp_path / 'a', workers=lambda: Killed(times=STARTS - 1, begun=False))
    assert read_results(tmp_path / 'a').is_done.all()
    with pytest.raises(WorkersLostError, match='workers end before they are ready: ended'):
        run_sweep(sweep(count=1), tmp_path / 'b', workers=lambda: Killed(times=STARTS, begun=False))


class Interrupted(InProcess):
    """A signal comes during the third trial."""

    def __init__(self, number):
        super().__init__(function('drawn'))
        self.number, self.count = number, 0

    def wait(self, seconds):
        self.count += 1
        if self.count == 3:
            os.kill(os.getpid(), self.number)
        return super().wait(seconds)


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_signal_ends_a_sweep_that_then_goes_on(tmp_path, number):
    ended = run_sweep(sweep(), tmp_path, workers=lambda: Interrupted(number))
    assert (ended.signal, ended.progress.recorded) == (number.name, 3)
    assert len(ran(tmp_path)) == 8


def test_traceback_of_a_failure_is_kept(tmp_path):
    rows = ran(tmp_path, trials='raising')
    assert {(row['status'], row['cause'], row['last']) for row in rows} == {('failed', 'error', None)}
    kept = (tmp_path / 'trials' / rows[0]['trial'] / 'failure.txt').read_text()
    assert 'Traceback (most recent call last)' in kept
    assert kept.startswith("error: KeyError: 'no such layer'")
    ran(tmp_path, retry_failed=True)
    assert not list(tmp_path.glob('trials/*/failure.txt'))


def test_folder_of_another_sweep_is_refused_with_what_differs(tmp_path):
    ran(tmp_path)
    with pytest.raises(InputError, match=r'another sweep:\n  epochs: 2 there, 3 here\nName another'):
        ran(tmp_path, given=sweep(epochs=3))
    other = sweep(config={'model': {'depth': 4}}, text='depth = 4')
    with pytest.raises(InputError, match=r'train \(- there, \+ here\):\n    -depth = 3\n    \+depth = 4'):
        ran(tmp_path, given=other)
    assert ran(tmp_path, given=sweep(timeout=7.0)) == ran(tmp_path)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'format': FORMAT + 1}, f'has format {FORMAT + 1}, this version reads {FORMAT}'),
        ({'mmchan': 'population'}, 'is not that of a sweep'),
        (None, 'cannot be read'),
    ],
)
def test_folder_of_another_version_is_refused(tmp_path, change, message):
    ran(tmp_path)
    path = tmp_path / 'sweep.json'
    path.write_text('{' if change is None else json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(InputError, match=message):
        ran(tmp_path)
    with pytest.raises(InputError, match=r'sweep\.json'):
        read_results(tmp_path)


def test_second_sweep_in_a_folder_is_refused(tmp_path):
    class Nested(InProcess):
        def wait(self, seconds):
            with pytest.raises(InputError, match='another process runs the sweep'):
                run_sweep(sweep(), tmp_path, workers=lambda: None)
            return super().wait(seconds)

    ended = run_sweep(sweep(count=1), tmp_path, workers=lambda: Nested(function('drawn')))
    assert ended.progress.done == 1


def test_seed_of_a_trial_follows_from_sweep_network_and_repeat():
    seeds = {
        trial_seed(seed, network, repeat)
        for seed in range(3)
        for network in ('0123456789abcdef', 'fedcba9876543210')
        for repeat in range(3)
    }
    assert len(seeds) == 18
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert trial_seed(0, '0123456789abcdef', 0) == 905692051  # of NumPy's SeedSequence, which stays


def test_repeats_and_short_budgets_are_planned(tmp_path):
    given = sweep(repeats=2, full=0.25, short_epochs=1)
    rows = ran(tmp_path, given=given)
    assert len(rows) == 8 * 2 + 2 * 2
    short = [row for row in rows if row['budget'] == 'short']
    full = [row for row in rows if row['budget'] == 'full']
    assert {len(row['epochs']) for row in short} == {1}
    assert {len(row['epochs']) for row in full} == {2}
    assert [row['trial'].endswith('-short') for row in rows] == [row['budget'] == 'short' for row in rows]
    results = read_results(tmp_path)
    assert results.is_full.sum() == 4
    assert [row['trial'] for row in results.rows] == [row['trial'] for row in rows]
    plan = plan_trials(given, results.population)
    assert [trial.name for trial in plan] == [row['trial'] for row in rows]


def test_results_are_arrays_with_nan_for_failures(tmp_path, expected):
    ran(tmp_path, trials='failing_by_raising')
    results = read_results(tmp_path)
    failed = [row['status'] == 'failed' for row in expected]
    assert [value != value for value in results.last.tolist()] == failed
    assert [value != value for value in results.minimum.tolist()] == failed
    assert (~results.is_done).tolist() == failed
    assert results.column('status').tolist() == [row['status'] for row in expected]
    assert results.column('macs').dtype.kind == 'i'
    assert len(results.curves) == len(results) == 8
    assert results.curves[failed.index(False)].shape == (2, 2)
