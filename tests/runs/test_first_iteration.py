"""What a library raises in the first iteration names its place in the config; later it stays what it is."""

import pytest
import torch
from mmengine.registry import DATASETS, MODELS
from torch import nn

from mmchan.errors import InputError
from mmchan.runs.first_iteration import first_iteration_told
from tests.runs.toy_runs import ToyImages, ToyNet, runner_of


@DATASETS.register_module(force=True)
class BrokenImages(ToyImages):
    """Looks for what it does not have."""

    def __getitem__(self, index: int) -> dict:
        return {'inputs': super().__getitem__(index)['mask']}


class BrokenLoss(nn.Module):
    """Raises in one of its calls."""

    def __init__(self, call: int) -> None:
        super().__init__()
        self.left = call

    def forward(self, value: torch.Tensor) -> torch.Tensor:
        self.left -= 1
        if not self.left:
            raise RuntimeError('expected target dtype to be Long')
        return value


@MODELS.register_module(force=True)
class BrokenNet(ToyNet):
    """Its loss raises."""

    def __init__(self, call: int = 1) -> None:
        super().__init__()
        self.loss = BrokenLoss(call)

    def forward(self, inputs: torch.Tensor, data_samples: object = None, mode: str = 'loss') -> dict:
        return {'loss': self.loss(super().forward(inputs)['loss_square'])}


def _train(runner):
    with first_iteration_told(runner):
        runner.train()


def test_part_of_the_model_is_named_and_the_traceback_kept(tmp_path):
    runner = runner_of(tmp_path, model={'type': 'BrokenNet'})
    with pytest.raises(
        InputError, match=r'model\.loss \(BrokenLoss\): RuntimeError: expected .*\(test_first_it'
    ):
        _train(runner)
    (kept,) = tmp_path.rglob('first_iteration.txt')
    assert 'Traceback' in kept.read_text()
    assert 'in forward' in kept.read_text()


@pytest.mark.parametrize(('workers', 'named'), [(0, r' \(BrokenImages\)'), (1, '')])
def test_data_set_is_named_in_workers_too(tmp_path, workers, named):
    loader = {'batch_size': 8, 'num_workers': workers, 'sampler': {'type': 'DefaultSampler', 'shuffle': True}}
    runner = runner_of(tmp_path, train_dataloader={'dataset': {'type': 'BrokenImages'}, **loader})
    with pytest.raises(
        InputError, match=rf"train_dataloader\.dataset{named}: KeyError: 'mask' \(test_first_it"
    ):
        _train(runner)


def test_part_that_is_built_only_then_is_named(tmp_path):
    runner = runner_of(tmp_path, param_scheduler={'type': 'StepLR', 'step': 2})
    with pytest.raises(InputError, match='failed before the end of its first iteration in param_scheduler'):
        _train(runner)


def test_later_iteration_raises_what_it_raises(tmp_path):
    with pytest.raises(RuntimeError, match='expected target dtype'):
        _train(runner_of(tmp_path, model={'type': 'BrokenNet', 'call': 2}))


@pytest.mark.parametrize('error', [torch.OutOfMemoryError('full'), RuntimeError('CUDA error: device-side')])
def test_what_the_machine_lacks_is_no_fault_of_the_config(tmp_path, error):
    runner = runner_of(tmp_path)
    with pytest.raises(type(error), match=str(error)[:4]), first_iteration_told(runner):
        raise error
