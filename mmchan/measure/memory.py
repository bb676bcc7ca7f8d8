"""What a training step keeps in memory, as torch's profiler sees every allocation."""

from typing import NamedTuple

import torch
from torch import nn
from torch.profiler import ProfilerActivity, profile, record_function

MEMORY, BACKWARD = '[memory]', 'mmchan.backward'


class StepMemory(NamedTuple):
    """Bytes beyond those of the model, its gradients and the images.

    Attributes:
        kept: Held at the end of the forward pass, for the backward pass: the activations.
        peak: The most at any time of the step.
    """

    kept: int
    peak: int


def step_memory(model: nn.Module, images: torch.Tensor) -> StepMemory:
    """The memory of a forward and a backward pass on the CPU.

    Args:
        model: Maps images (N, 3, H, W) to a tensor; its gradients are there afterwards.
        images: The images.
    """
    _step(model, images)  # gradients exist afterwards, and are not counted
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True, acc_events=True) as profiler:
        _step(model, images)
    events = profiler.profiler.kineto_results.events()
    backward = next(event.start_ns() for event in events if event.name() == BACKWARD)
    changes = sorted((event.start_ns(), event.nbytes()) for event in events if event.name() == MEMORY)
    held = kept = peak = 0
    for moment, change in changes:
        held += change
        peak = max(peak, held)
        kept = held if moment < backward else kept
    return StepMemory(kept, peak)


def _step(model: nn.Module, images: torch.Tensor) -> None:
    loss = model(images).sum()
    with record_function(BACKWARD):
        loss.backward()
