"""How far a sweep is, on a terminal and in a log, and how long it would take."""

import io

import pytest
from rich.console import Console

from mmchan.design import spaces
from mmchan.design.sweeps import view as views
from mmchan.design.sweeps.estimate import Timed, estimate, extremes, total
from mmchan.design.sweeps.plan import plan_trials
from mmchan.design.sweeps.progress import Progress
from mmchan.design.sweeps.running import run_sweep
from mmchan.design.sweeps.view import InLog, OnTerminal, View, state
from mmchan.errors import InputError
from tests.design.sweeps.sweeps import pool_of, sweep


def row(last, *, network='944c15eb981d204b', budget='full'):
    found = {'status': 'done', 'cause': None, 'budget': budget, 'last': last, 'network': network}
    return {**found, 'macs': 370442, 'trial': network, 'message': ''}


def failure(cause, *, trial='a-0'):
    return {'status': 'failed', 'cause': cause, 'trial': trial, 'message': 'so it is'}


@pytest.fixture
def progress():
    """A hundred of 500 before this start, which has run 1000 seconds and done 100."""
    made = Progress('AnyNetX_A', 500, [row(0.5)] * 100)
    for found in [row(0.25), *[row(0.5)] * 96, failure('nan'), failure('nan'), failure('crash')]:
        made.add(found)
    made.begin -= 1000
    made.running = 2
    return made


def test_progress_counts_and_tells_the_time_from_this_start_alone(progress):
    assert (progress.done, dict(progress.failed), progress.recorded) == (197, {'nan': 2, 'crash': 1}, 200)
    assert progress.rate == pytest.approx(0.1, rel=0.01)
    assert progress.remaining == pytest.approx(3000, rel=0.01)
    assert progress.best['last'] == 0.25


def test_short_training_is_the_best_only_without_a_full_one():
    made = Progress('', 4)
    made.add(row(0.1, budget='short'))
    assert made.best['last'] == 0.1
    made.add(row(0.5))
    assert made.best['last'] == 0.5


def test_line_of_a_log_says_all(progress):
    assert state(progress) == (
        'AnyNetX_A: 200 of 500 trials, 197 done, 3 failed (crash 1, nan 2), '
        'best error 0.2500 (944c15eb981d204b, 370k MACs), 6.0 trials/min, 0:50:00 to go'
    )


@pytest.mark.parametrize('width', [30, 80, 140])
def test_table_fits_the_terminal(progress, width):
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    console.print(View(progress))
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) < width
    if width >= 80:
        text = '\n'.join(lines)
        for part in ('197 of 500', '3 (crash 1, nan 2)', '6.0 trials/min', '0:50:00 to go', '0.2500 (944c'):
            assert part in text


def test_log_has_a_line_for_every_twentieth_and_tells_few_failures(capsys, monkeypatch):
    monkeypatch.setattr(views, 'HASTE', 0.0)
    made, log = Progress('small', 100), InLog()
    with log:
        log.show(made)
        for number in range(100):
            found = failure('nan', trial=f'{number}-0') if number < 10 else row(0.5)
            made.add(found)
            log.ended(found)
            log.show(made)
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith('small: ') for line in lines) == 21
    assert [line for line in lines if 'failed (nan): ' in line] == [
        f'{number}-0 failed (nan): so it is' for number in range(3)
    ]
    assert lines.count('further failures (nan) are told by trials.jsonl alone') == 1


def test_terminal_shows_the_last_state(capsys):
    made = Progress('small', 2)
    with OnTerminal() as shown:
        shown.show(made)
        made.add(row(0.5))
        made.add(row(0.25))
        shown.show(made)
    assert '2 of 2' in capsys.readouterr().out


def test_sweep_tells_its_display(tmp_path, capsys):
    with_failures = pool_of(tmp_path, trials='failing_by_raising')
    ended = run_sweep(sweep(), tmp_path, workers=with_failures, display=InLog())
    assert capsys.readouterr().out.startswith('small: 0 of 8 trials, 0 done, 0 failed, starting\n')
    assert ended.progress.recorded == 8


@pytest.fixture
def trials():
    given = sweep(epochs=4, full=0.5, short_epochs=2)
    return plan_trials(given, spaces.sample(given.space, count=given.count))


def test_time_is_on_the_line_through_two_trials(trials):
    cheapest, dearest = extremes(trials)
    activations = [trial.network['activations'] for trial in trials if trial.budget == 'full']
    ends = cheapest.network['activations'], dearest.network['activations']
    assert ends == (min(activations), max(activations))
    expected = 0.0
    for trial in trials:
        share = (trial.network['activations'] - ends[0]) / (ends[1] - ends[0])
        expected += (10 + 20 * min(max(share, 0), 1)) * trial.epochs / 4
    assert total(trials, Timed(cheapest, 10.0), Timed(dearest, 30.0)) == pytest.approx(expected)


def test_estimate_runs_two_trials_after_one_that_starts_the_worker(tmp_path, trials):
    with pool_of(tmp_path)() as pool:
        found = estimate(sweep(epochs=4), trials, pool)
    cheapest, dearest = extremes(trials)
    assert [one.trial.name for one in found.timed] == [cheapest.name, dearest.name]
    assert [one.trial.epochs for one in found.timed] == [4, 4]
    assert found.seconds == found.work


def test_estimate_of_what_fails_says_why(tmp_path, trials):
    with (
        pool_of(tmp_path, trials='raising')() as pool,
        pytest.raises(
            InputError, match=r'(?s)the trial of network \w+ .* failed \(error\): KeyError.*Traceback'
        ),
    ):
        estimate(sweep(), trials, pool)
