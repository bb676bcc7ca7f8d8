"""Is half precision faster on this CPU? The clock is asked: bf16 pays for some networks and sizes alone."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext

import torch
from mmengine.config import Config
from mmengine.registry import MODELS, DefaultScope
from torch import nn

from mmchan.measure.model import size_of_images
from mmchan.measure.timing import Ratio, interleave
from mmchan.models.memory_format import compute_in_channels_last
from mmchan.process.allocator import keep_freed_memory
from mmchan.runs.amp import in_bf16

ROUNDS = 3
PIXELS = 16 * 224 * 224  # of a batch at most: a few seconds for a network of 0.4 G MACs
LEAST_BATCH = 2  # batch norm behind a global pooling needs two values

_found: dict[str, Ratio] = {}  # what was measured in this process


def speed_in_bf16(cfg: Config, *, trains: bool) -> Ratio | None:
    """How many times as fast as in fp32 the backbone of a config computes in bf16, on random images.

    Args:
        cfg: The config.
        trains: Forward and backward in training, else forward alone.

    Returns:
        The ratio; None where the config tells no backbone or no size of its images.
    """
    loader = cfg.get('train_dataloader' if trains else 'test_dataloader') or {}
    size, settings = size_of_images(loader), cfg.model.get('backbone')
    if size is None or settings is None:
        return None
    batch = min(loader.get('batch_size', LEAST_BATCH), PIXELS // (size[0] * size[1]))
    batch = max(batch, LEAST_BATCH)
    key = repr((settings, batch, size, trains))
    if key not in _found:
        with torch.random.fork_rng(devices=[]):  # no draw of the run is spent on it
            backbone = _build(settings, cfg.get('default_scope', 'mmengine')).train(trains)
            _found[key] = _measure(backbone, torch.rand(batch, 3, *size), trains=trains)
    return _found[key]


def _build(settings: Mapping, scope: str) -> nn.Module:
    """A backbone with random weights, in the memory format of a run."""
    plain = {name: value for name, value in settings.items() if name not in ('init_cfg', 'pretrained')}
    with DefaultScope.overwrite_default_scope(scope):
        backbone = MODELS.build(plain)
    compute_in_channels_last(backbone)
    return backbone


def _measure(backbone: nn.Module, images: torch.Tensor, *, trains: bool) -> Ratio:
    keep_freed_memory()

    def step(precision: Callable) -> None:
        with torch.set_grad_enabled(trains), precision():
            outputs = backbone(images)
        if outputs[-1].requires_grad:
            outputs[-1].sum().backward()

    calls = {'fp32': lambda: step(nullcontext), 'bf16': lambda: step(lambda: in_bf16(backbone))}
    found = interleave(calls, rounds=ROUNDS, warm_up=1)
    return found['bf16'].speed_over(found['fp32'])
