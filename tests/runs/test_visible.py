"""A training shows how it goes, and leaves what it logged, however it ends."""

import contextlib
import json
import os
import pty
import re
import subprocess
import sys

import pytest

from mmchan.runs import workdir
from mmchan.runs.logs import read_log
from mmchan.runs.scalars import read_records
from mmchan.runs.stopping import EXIT_CODE
from tests.cli.command_lines import ROOT, mmchan_here, succeeded
from tests.runs.exact_runs import Broken, ending, train

pytestmark = pytest.mark.slow

ITERATIONS, EPOCHS = 21, 3  # of benchmarks/configs/exact_classification.py


@pytest.fixture(scope='module')
def place(tmp_path_factory):
    """Where all run: the data is written once, by the first."""
    folder = tmp_path_factory.mktemp('visible')
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder


@pytest.fixture(scope='module')
def whole(place):
    """A training that was not disturbed, and what it printed, which went into a file."""
    with (place / 'printed.txt').open('w', newline='') as file, contextlib.redirect_stdout(file):
        run = train(place / 'whole', cfg_options={'runtime_cfg.summary.curves': True})
    return run, (place / 'printed.txt').read_bytes().decode()


def summary_of(run):
    return json.loads(workdir.summary(run).read_text())


def steps(run):
    return [(record['mode'], record['iter']) for record in read_records(workdir.scalars(run))]


def test_file_gets_plain_lines_only(whole):
    _, printed = whole
    assert 'Epoch(train) [1][7/7]' in printed
    assert re.findall(r'[^\n\x20-\x7e]', printed) == []


def test_summary_stands_in_the_log_and_beside_the_checkpoints(whole):
    run, printed = whole
    summary = summary_of(run)
    assert summary['state'] == 'finished'
    assert (summary['iterations'], summary['max_iterations']) == (ITERATIONS, ITERATIONS)
    assert (summary['epochs'], summary['max_epochs']) == (EPOCHS, EPOCHS)
    assert summary['images_per_second'] > 0
    assert 0 < summary['waiting'] < 1
    assert (run / summary['last_checkpoint']).is_file()
    assert summary['best_checkpoint'] == next(run.glob('best_*.pth')).name
    for text in (printed, workdir.newest_log(run).read_text()):
        assert f'Training finished: 3 of 3 epochs, {ITERATIONS} of {ITERATIONS} iterations in ' in text
        assert str(workdir.curves(run)) in text
    assert workdir.curves(run).read_bytes().startswith(b'\x89PNG')


def test_scalars_are_those_of_the_log(whole):
    run, _ = whole
    log = read_log(run)
    stock = read_log(next(run.glob('*/vis_data')).parent)
    assert log.series['loss'] == stock.series['loss']
    assert log.series['lr'] == stock.series['lr']
    metric = log.metrics[0]
    assert log.series[metric].values == stock.series[metric].values
    assert log.series[metric].epochs == (1, 2, 3)
    best, index = log.series[metric].best(metric)
    said = summary_of(run)['metrics'][metric]
    assert (said['best'], said['best_epoch']) == (best, index + 1)
    assert summary_of(run)['best_checkpoint'].endswith(f'_epoch_{index + 1}.pth')


ENDS = {
    'killed inside an epoch': ending('after_train_iter', 11),
    'killed after a validation': ending('after_val_epoch', 1),
}


@pytest.mark.parametrize('end', ENDS.values(), ids=ENDS)
def test_resumed_training_logs_no_step_twice(whole, tmp_path, end):
    with contextlib.suppress(SystemExit):
        train(tmp_path, end=end)
    train(tmp_path)
    found = steps(tmp_path)
    assert len(set(found)) == len(found)
    assert [step for step in found if step[0] == 'val'] == [('val', 7), ('val', 14), ('val', 21)]
    assert found[-2:] == steps(whole[0])[-2:]
    assert summary_of(tmp_path)['state'] == 'finished'


def test_stopped_and_failed_trainings_are_summed_up_too(place, tmp_path):
    with pytest.raises(SystemExit) as stopped:
        train(tmp_path / 'stopped', end=ending('after_train_iter', 11, how='SIGINT'))
    assert stopped.value.code == EXIT_CODE
    summary = summary_of(tmp_path / 'stopped')
    assert (summary['state'], summary['iterations']) == ('interrupted', 11)
    with pytest.raises(Broken):
        train(tmp_path / 'failed', end=ending('after_train_iter', 9, how='raise'))
    summary = summary_of(tmp_path / 'failed')
    assert summary['state'] == 'failed'
    assert summary['error'] == 'Broken: on purpose'


def test_runs_are_compared(whole, tmp_path):
    run, _ = whole
    shown = succeeded(
        mmchan_here('log', run, next(run.glob('*/vis_data')).parent, '--out', tmp_path / 'c.png')
    )
    assert 'finished' in shown.stdout
    assert f'{ITERATIONS} of {ITERATIONS}' in shown.stdout
    assert 'loss: whole' in shown.stdout
    assert '\x1b' not in shown.stdout
    assert (tmp_path / 'c.png').read_bytes().startswith(b'\x89PNG')


def in_terminal(code, cwd):
    """Run Python code in a terminal of its own: its exit code, and what it wrote there."""
    ours, theirs = pty.openpty()
    hidden = ('COLUMNS', 'LINES', 'NO_COLOR', 'FORCE_COLOR')
    quiet = {name: value for name, value in os.environ.items() if name not in hidden}
    environment = {**quiet, 'TERM': 'xterm-256color', 'PYTHONPATH': str(ROOT), 'OMP_NUM_THREADS': '1'}
    settings = {'stdin': theirs, 'stdout': theirs, 'stderr': theirs, 'cwd': cwd, 'env': environment}
    process = subprocess.Popen([sys.executable, '-c', code], **settings)
    os.close(theirs)
    said = b''
    with contextlib.suppress(OSError):  # what Linux says at the end of a terminal
        while piece := os.read(ours, 1 << 16):
            said += piece
    os.close(ours)
    return process.wait(), said.decode()


def test_terminal_shows_the_training(place, tmp_path):
    code = f'from tests.runs.exact_runs import train; train({str(tmp_path / "run")!r})'
    exit_code, said = in_terminal(code, place)
    assert exit_code == 0, said[-3000:]
    plain = re.sub(r'\x1b\[[0-9;?]*[a-zA-Z]', '', said).replace('\r', '')
    for part in [
        'to go',
        'images/s',
        'of the time',
        'smoothed loss',
        'since the start',
        f'{ITERATIONS} of 21',
    ]:
        assert part in plain
    assert re.search(r'\d\d:\d\d:\d\d - mmengine - INFO - Epoch\(train\) \[3\]\[7/7\]', plain)
    assert said.rindex('\x1b[?25h') > said.rindex('\x1b[?25l')
    last = plain.index('Training finished: 3 of 3')
    assert 'smoothed loss' not in plain[last:]  # nothing is drawn after the end
