"""A small trial on a few digits, which trains in a second."""

import copy
from functools import cache

from mmchan.design.trials import Task
from mmchan.runs.config import load_config
from tests.cli.command_lines import ROOT

ARCH = {
    'family': 'anynet',
    'widths': (8, 16),
    'depths': (1, 2),
    'group_widths': (8, 8),
    'stem_width': 8,
    'stem_stride': 1,
}


@cache
def _base() -> dict:
    return load_config(ROOT / 'configs/_base_/recipes/sweep_digits-8x8_1xb64.py').to_dict()


def config(tmp_path, *, images=256, augmented=True):
    """A training config on some images, a gentle one, which amplifies no rounding."""
    cfg = copy.deepcopy(_base())
    for loader in ('train_dataloader', 'val_dataloader'):
        cfg[loader]['num_workers'] = 0
        cfg[loader]['batch_size'] = 64
        cfg[loader]['dataset'].update(data_root=f'{tmp_path}/digits/', indices=images)
    if not augmented:
        pipeline = cfg['train_dataloader']['dataset']['pipeline']
        pipeline[:] = [step for step in pipeline if step['type'] != 'RandomCrop']
    cfg['optim_wrapper'] = {'optimizer': {'type': 'SGD', 'lr': 0.02, 'momentum': 0.9}}
    return cfg


def task(tmp_path, cfg=None, **changes):
    """A trial of a small network."""
    given = {'trial': 'small', 'arch': ARCH, 'seed': 3, 'epochs': 2, 'folder': str(tmp_path / 'trial')}
    return Task(**{**given, 'config': cfg or config(tmp_path), **changes})
