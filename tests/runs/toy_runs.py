"""Trainings of a tiny network that take milliseconds, some of whose images are NaN."""

from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.model import BaseModel
from mmengine.registry import DATASETS, MODELS
from mmengine.structures import BaseDataElement
from torch import nn
from torch.utils.data import Dataset

from mmchan.runs.runner import ExactRunner
from tests.runs.exact_runs import Killed


@DATASETS.register_module(force=True)
class ToyImages(Dataset):
    """Images of one number; those of some indices are not finite.

    Args:
        size: How many there are.
        bad: Index -> its number.
    """

    metainfo = {}  # noqa: RUF012 (as of every data set)

    def __init__(self, size: int = 32, bad: dict | None = None) -> None:
        self.size = size
        self.bad = bad or {}

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int) -> dict:
        image = torch.full((3, 4, 4), float(self.bad.get(index, index % 5)))
        return {'inputs': image, 'data_samples': BaseDataElement(metainfo={'img_path': f'{index}.png'})}


@MODELS.register_module(force=True)
class ToyNet(BaseModel):
    """Convolution, batch norm, a line; its loss is a mean of squares, plus one that may be broken."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv = nn.Conv2d(3, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.head = nn.Linear(16, 1)

    def forward(self, inputs: torch.Tensor, data_samples: object = None, mode: str = 'loss') -> dict:
        images = torch.stack(inputs)
        features = self.norm(self.conv(images)).flatten(1)
        return {'loss_square': self.head(features).square().mean(), 'acc': images.mean()}


def runner_of(work_dir: Path, *, bad: dict | None = None, **changes: object) -> ExactRunner:
    """A Runner of 4 batches an epoch, 2 epochs, that saves after every second iteration.

    Args:
        work_dir: The work directory.
        bad: Index of an image -> the number that it is full of.
        changes: Parts of the config.
    """
    dataset = {'type': 'ToyImages', 'bad': bad or {}}
    cfg = {
        'model': {'type': 'ToyNet'},
        'work_dir': str(work_dir),
        'runner_type': 'mmchan.ExactRunner',
        'train_dataloader': {
            'dataset': dataset,
            'batch_size': 8,
            'num_workers': 0,
            'sampler': {'type': 'DefaultSampler', 'shuffle': True},
        },
        'train_cfg': {'by_epoch': True, 'max_epochs': 2},
        'optim_wrapper': {'optimizer': {'type': 'SGD', 'lr': 0.01, 'momentum': 0.9}},
        'default_hooks': {'logger': {'type': 'LoggerHook', 'interval': 1}},
        'runtime_cfg': {'checkpoint': {'iters': 2}, 'summary': {'curves': False}},
        'randomness': {'seed': 0},
        'log_level': 'WARNING',
        'experiment_name': work_dir.name,
    }
    return ExactRunner.from_cfg(Config({**cfg, **changes}))


def killed(runner: ExactRunner) -> None:
    """Train until an EndHook of :mod:`tests.runs.exact_runs` ends it."""
    try:
        runner.train()
    except Killed:
        return
    raise AssertionError('nothing ended the training')
