"""One command repeats the step at which a training met NaN or Inf."""

import json

import pytest
import torch
from mmengine.config import Config
from mmengine.runner import runner as mmengine_runner

from mmchan.errors import InputError
from mmchan.runs.replay import replay
from tests.cli.command_lines import mmchan_here
from tests.runs.exact_runs import ending, kill_resume, train

CONFIG = kill_resume.CONFIGS['classification']


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(mmengine_runner, 'collect_env', dict)  # it asks a compiler and others: a second each
    return tmp_path


def files(folder):
    return {path: path.read_bytes() for path in folder.rglob('*') if path.is_file()}


def test_other_runners_are_refused():
    with pytest.raises(InputError, match="needs runner_type = 'mmchan.ExactRunner'"):
        replay(Config({'model': {}}), 'a.pth', tell=print)


def test_foreign_checkpoint_is_refused(tmp_path):
    torch.save({'state_dict': {}, 'meta': {}}, tmp_path / 'a.pth')
    with pytest.raises(InputError, match='was not saved by mmchan.ExactRunner'):
        replay(Config({'runner_type': 'mmchan.ExactRunner'}), str(tmp_path / 'a.pth'), tell=print)


@pytest.mark.slow
def test_stopped_training_is_repeated_by_the_command_that_it_names(place):
    options = ['optim_wrapper.optimizer.lr=1e30', 'train_dataloader.num_workers=1']
    stopped = mmchan_here('train', CONFIG, '--work-dir', 'w', '--cfg-options', *options, cwd=place)
    assert stopped.returncode == 3
    command = next(line.split() for line in stopped.stderr.splitlines() if line.startswith('  mmchan replay'))
    assert command == ['mmchan', 'replay', 'w/exact_classification.py', 'w/bad_steps/iter_4.pth']
    before = files(place)
    repeated = mmchan_here(*command[1:], cwd=place)
    assert repeated.returncode == 0, repeated.stderr
    assert files(place) == before
    log = next((place / 'w').glob('*/*.log')).read_text()
    told = repeated.stdout[repeated.stdout.index('Repeating iteration 4') :].splitlines()
    told = [line for line in told if ' - mmengine - ' not in line]
    assert told[1].startswith('images: data/digits/train/0/')
    assert told[1].removeprefix('images: ').split(' and ')[0] in log
    report = log.partition('Stopped at iteration 4')[2]
    for line in told[2:]:
        assert line.replace('nan', 'nan (of the last good updates') in report or line in report


@pytest.mark.slow
def test_any_checkpoint_can_be_repeated_and_gives_the_same_loss(place):
    train(place / 'w', end=ending('after_train_iter', 3))
    repeated = mmchan_here('replay', 'w/exact_classification.py', 'w/iter_2.pth', cwd=place)
    assert repeated.returncode == 1
    assert 'All numbers of this step are finite here' in repeated.stdout
    scalars = next((place / 'w').glob('*/vis_data/scalars.json')).read_text().splitlines()
    means = {entry['step']: entry['loss'] for entry in map(json.loads, scalars) if 'loss' in entry}
    told = float(repeated.stdout.partition('\nloss: ')[2].split('\n')[0])
    assert told == pytest.approx(3 * means[3] - 2 * means[2], rel=1e-3)  # the log has means since the start
