"""Quantise a network to 8 bits: every recipe of the target is tried, judged and timed; one is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from mmchan.deploy import comparing, graphs
from mmchan.deploy.exporting import Exported, check_out, write
from mmchan.deploy.measuring import time_sessions
from mmchan.deploy.metadata import Metadata
from mmchan.deploy.recipes import RECIPES, Recipe
from mmchan.deploy.runtimes import Session, onnxruntime, open_model, openvino
from mmchan.deploy.stamp import stamped
from mmchan.errors import InputError
from mmchan.measure.timing import Timing
from mmchan.progress import track


@dataclass(frozen=True)
class Judge:
    """What decides whether a quantised network is good enough.

    Attributes:
        title: What the points are: 'top-1 accuracy on 500 images of DIR'.
        points: From a session to points, 0 to 100, more is better.
        is_accuracy: Whether they are; else they say how often two networks agree, and nothing is refused.
    """

    title: str
    points: Callable[[Session], float]
    is_accuracy: bool


@dataclass(frozen=True)
class Trial:
    """A recipe and what came of it.

    Attributes:
        name: Of the recipe; 'fp32' for the network before.
        points: By the judge.
        timing: Of one image, all trials in turn.
        converted: The quantised model.
    """

    name: str
    points: float
    timing: Timing
    converted: Any


@dataclass(frozen=True)
class Quantised:
    """A quantised network that was written.

    Attributes:
        exported: The file; its difference is from PyTorch in fp32.
        before: The trial of fp32 in the same runtime.
        trials: All recipes, in the order of the table.
        chosen: The trial that was written.
        judge: What decided.
    """

    exported: Exported
    before: Trial
    trials: tuple[Trial, ...]
    chosen: Trial
    judge: Judge

    @property
    def is_faster(self) -> bool:
        """Whether int8 pays here."""
        return self.chosen.timing.speed_over(self.before.timing).median > 1


def quantise_model(
    module: nn.Module,
    out: Path,
    *,
    target: str,
    metadata: Metadata,
    inputs: Sequence[np.ndarray],
    judge_of: Callable[[Session], Judge],
    max_drop: float = 1.0,
    threads: int | None = None,
) -> Quantised:
    """Write a network in 8 bits: the fastest recipe here that keeps what the judge asks.

    Args:
        module: From inputs to an output or a tuple of them; it is left as it is.
        out: The file; nothing is written where no recipe is good enough.
        target: 'onnx' or 'openvino'.
        metadata: Of the network.
        inputs: To calibrate with, one image each.
        judge_of: From the session of fp32 to the judge.
        max_drop: Points that may be lost, >= 0.
        threads: That a call uses; None takes what the runtimes do.

    Raises:
        InputError: For a target without 8 bits, a library that is missing, a drop above the limit.
    """
    check_out(out, target)
    if target not in RECIPES:
        raise InputError(f'int8 is for {" and ".join(RECIPES)}, got {target!r}')
    program, said = graphs.export_program(module, stamped(metadata))
    model = graphs.onnx_of(program, said)
    model = model if target == 'onnx' else graphs.openvino_of(model, said)
    before = _open(model, said, target, threads)
    judge = judge_of(before)
    trials = _try_all(model, said, target, inputs, judge, before, threads)
    chosen = choose(trials[1:], trials[0], judge, max_drop)
    reference = open_model(module, metadata=said, threads=threads)
    exported = write(
        chosen.converted,
        out,
        target=target,
        verify=lambda opened: comparing.compare(reference, opened),
        threads=threads,
    )
    return Quantised(exported, trials[0], tuple(trials[1:]), chosen, judge)


def _try_all(
    model: Any,
    metadata: Metadata,
    target: str,
    inputs: Sequence[np.ndarray],
    judge: Judge,
    before: Session,
    threads: int | None,
) -> list[Trial]:
    """fp32 and every recipe, judged, then timed in turn."""
    converted, sessions = {'fp32': model}, {'fp32': before}
    for recipe in track(RECIPES[target], 'quantising', unit='recipes'):
        made = _quantise(recipe, model, metadata, inputs)
        converted[recipe.name] = made
        sessions[recipe.name] = _open(made, metadata, target, threads)
    points = {name: judge.points(session) for name, session in sessions.items()}
    timings = time_sessions(sessions)
    return [Trial(name, points[name], timings[name], converted[name]) for name in sessions]


def _quantise(recipe: Recipe, model: Any, metadata: Metadata, inputs: Sequence[np.ndarray]) -> Any:
    """A quantised model, with metadata that names the recipe."""
    with graphs.quiet():
        made = recipe.quantise(model, inputs)
    said = metadata.changed(precision=f'int8 {recipe.name}')
    if hasattr(made, 'graph'):
        graphs.write_onnx_metadata(made, said)
    else:
        graphs.write_openvino_metadata(made, said.as_strings())
    return made


def _open(model: Any, metadata: Metadata, target: str, threads: int | None) -> Session:
    if target == 'onnx':
        return onnxruntime.open_content(model.SerializeToString(), threads=threads)
    return openvino.open_graph(model, metadata, threads=threads)


def choose(trials: Sequence[Trial], before: Trial, judge: Judge, max_drop: float) -> Trial:
    """The fastest trial that loses no more points than allowed.

    Where the points are no accuracy nothing is refused: the fastest of those that come as near to the best
    of them is taken.

    Raises:
        InputError: Where every recipe loses more accuracy.
    """
    best = max(trials, key=lambda trial: trial.points)
    least = (before.points if judge.is_accuracy else best.points) - max_drop
    allowed = [trial for trial in trials if trial.points >= least]
    if not allowed:
        raise InputError(
            f'int8 is not written: {judge.title} falls from {before.points:.2f} to {best.points:.2f} by the '
            f'best of {len(trials)} recipes ({best.name}), by more than {max_drop:g} points: calibrate with '
            'more images or more like those that the network will see, or give --max-drop'
        )
    return min(allowed, key=lambda trial: trial.timing.median)
