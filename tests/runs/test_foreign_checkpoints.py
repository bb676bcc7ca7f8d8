"""Our commands take a checkpoint of another project as it is, and say what they take."""

import mmengine
import pytest
import torch
from safetensors.torch import save_file

from mmchan.channels import InputError, get_plan
from mmchan.layouts.renaming import convert_state_dict
from mmchan.models import Classifier
from mmchan.runs.config import config_to_test, config_to_train
from mmchan.runs.launch import run_testing, run_training
from mmchan.runs.workdir import last_checkpoint, newest_log
from tests import mmengine_globals
from tests.cli.command_lines import DIGITS
from tests.models.networks import randomise

ARCH = 'regnetx-400mf'
FEW = {'test_dataloader.num_workers': 0, 'test_dataloader.dataset.indices': 32}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scores(checkpoint, place):
    """Scores of every image, and the log."""
    cfg = config_to_test(DIGITS, str(checkpoint), work_dir=str(place / checkpoint.stem), cfg_options=FEW)
    run_testing(cfg, out=str(place / 'scores.pkl'))
    mmengine_globals.forget()  # the next run, within the same second, would log into the same file
    scores = torch.stack([sample['pred_score'] for sample in mmengine.load(place / 'scores.pkl')])
    return scores, newest_log(cfg.work_dir).read_text()


@pytest.mark.slow
def test_scores_are_those_of_our_own_checkpoint_and_the_log_names_layout_and_colours(place):
    ours = randomise(Classifier(ARCH, 10)).state_dict()
    theirs = convert_state_dict(ours, get_plan(ARCH), source='mmchan', target='timm')
    torch.save(ours, place / 'ours.pth')
    torch.save({'model_state': theirs, 'epoch': 100}, place / 'theirs.pyth')
    expected, own_log = scores(place / 'ours.pth', place)
    actual, log = scores(place / 'theirs.pyth', place)
    assert torch.equal(actual, expected)
    assert expected.std() > 1e-3
    assert 'has the layout of mmchan' in own_log
    assert 'has the layout of timm' in log
    assert 'expects images in RGB' in log
    assert 'expects images in RGB' not in own_log


@pytest.mark.slow
def test_checkpoint_of_another_network_is_refused(place):
    torch.save(Classifier('rexnet-1.0x', 10).state_dict(), place / 'other.pth')
    with pytest.raises(InputError, match='another family: rexnet-1.0x in the layout of mmchan'):
        scores(place / 'other.pth', place)


# one step that changes no parameter, with an average beside it
ONE_STEP = {
    'custom_hooks': [{'type': 'EMAHook'}],
    'optim_wrapper.optimizer.lr': 0.0,
    'param_scheduler': None,
    'train_cfg.max_epochs': 1,
    'train_dataloader.num_workers': 0,
    'train_dataloader.dataset.indices': 64,
    'val_dataloader.num_workers': 0,
    'val_dataloader.dataset.indices': 32,
}


@pytest.mark.slow
@pytest.mark.parametrize('name', ['bare.safetensors', 'wrapped.pyth'])
def test_average_of_a_training_starts_from_a_file_of_any_layout(place, name):
    ours = randomise(Classifier(ARCH, 10)).state_dict()
    theirs = convert_state_dict(ours, get_plan(ARCH), source='mmchan', target='timm')
    if name == 'wrapped.pyth':
        torch.save({'model_state': theirs, 'epoch': 100}, place / name)
    else:
        save_file(theirs, place / name)
    options = {**ONE_STEP, 'load_from': str(place / name)}
    run_training(config_to_train(DIGITS, work_dir=str(place / 'run'), cfg_options=options))
    saved = torch.load(last_checkpoint(place / 'run'))
    parameters = [key for key, _ in Classifier(ARCH, 10).named_parameters()]
    for key in parameters:
        assert torch.equal(saved['state_dict'][key], ours[key])  # the average
        assert torch.equal(saved['ema_state_dict'][f'module.{key}'], ours[key])  # the last step
