"""What makes a run fast on the machine at hand and changes its numbers by no more than rounding."""

import os
from collections.abc import Iterator, Mapping

import torch
from mmengine.config import Config
from mmengine.device import get_device
from torch import nn

from mmchan.models.memory_format import backbones_of, compute_in_channels_last, stays_in_channels_last
from mmchan.runs.settings import is_compiled, wants_channels_last

CORES_PER_LOADER = 8
HALF = ('AmpOptimWrapper', 'mmchan.Bf16OptimWrapper')


def arrange(model: nn.Module, cfg: Config) -> nn.Module:
    """Let a model compute as ``runtime_cfg`` says, its backbones of ours and its RoIAligns; the model.

    Args:
        model: The model of a run.
        cfg: The config of the run.
    """
    if any(type(layer).__name__ == 'RoIAlign' for layer in model.modules()):
        from mmchan.models.roi_align import use_quick_roi_align  # needs operators that mmcv-lite lacks

        use_quick_roi_align(model)
    for backbone in backbones_of(model):
        if _channels_last(cfg):
            compute_in_channels_last(backbone, leaves=not stays_in_channels_last(model))
        if is_compiled(cfg.get('runtime_cfg')):
            backbone.compile()
    return model


def _channels_last(cfg: Config) -> bool:
    wanted = wants_channels_last(cfg.get('runtime_cfg'))
    return get_device() == 'cpu' if wanted is None else wanted


def arithmetic(cfg: Config) -> dict[str, object]:
    """In which order, and in which precision, a training computes here: what its last digits depend on.

    Args:
        cfg: The config of the training.
    """
    wrapper = cfg.optim_wrapper.get('type')
    return {
        'half precision': wrapper in HALF,
        'channels_last': _channels_last(cfg),
        'compiled': is_compiled(cfg.get('runtime_cfg')),
        'threads': torch.get_num_threads(),
    }


def differences(saved: Mapping[str, object] | None, cfg: Config) -> Iterator[str]:
    """What a log should say where a training goes on in another arithmetic; bit by bit it is not the same.

    Args:
        saved: That of the checkpoint, see :func:`arithmetic`; None where it does not say.
        cfg: The config of the training.
    """
    for name, now in arithmetic(cfg).items():
        before = (saved or {}).get(name, now)
        if before != now:
            yield (
                f'The training began with {name}: {before}, and goes on with {name}: {now}; it is not bit by '
                'bit the one that was never stopped'
            )


def leave_cores_to_loaders(cfg: Config) -> None:
    """On a machine without a GPU, leave one core in eight to the loaders' workers, the others to torch.

    A training step takes about ten times as long as loading its images, so that a core of their own would be
    idle nine tenths of the time. How many threads compute changes the order of sums: it follows from the
    config and the machine alone, so that a resumed training is the same. OMP_NUM_THREADS, where it is set,
    is obeyed.
    """
    if get_device() != 'cpu' or 'OMP_NUM_THREADS' in os.environ:
        return
    loaders = [cfg.get(f'{part}_dataloader') or {} for part in ('train', 'val', 'test')]
    workers = max(loader.get('num_workers', 0) for loader in loaders)
    cores = torch.get_num_threads()
    torch.set_num_threads(cores - min(workers, cores // CORES_PER_LOADER))
