"""How long one image takes here, in PyTorch and in what was exported, in turn in one run."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from torch import nn

from mmchan.deploy.forms import LEAST_SECONDS, ROUNDS
from mmchan.deploy.metadata import Metadata
from mmchan.deploy.runtimes import RUNTIMES, Session, open_model
from mmchan.measure.timing import Timing, interleave


def one_image(metadata: Metadata, batch: int = 1) -> np.ndarray:
    """An input of the usual size, random from a seed of its own: noise takes as long as a photograph."""
    rng = np.random.default_rng(0)
    height, width = metadata.size
    if metadata.preprocessing:
        return rng.integers(0, 256, (batch, height, width, 3), dtype=np.uint8)
    return rng.standard_normal((batch, 3, height, width), dtype=np.float32)


def time_sessions(
    sessions: Mapping[str, Session], *, batch: int = 1, rounds: int = ROUNDS
) -> dict[str, Timing]:
    """Time sessions of the same network in turn, each with images of its metadata's size.

    Args:
        sessions: Title -> session.
        batch: Images of one call.
        rounds: Readings of each.
    """
    calls = {name: partial(one.run, one_image(one.metadata, batch)) for name, one in sessions.items()}
    return interleave(calls, rounds=rounds, least_seconds=LEAST_SECONDS)


def sessions_of(
    module: nn.Module, metadata: Metadata, paths: Sequence[Path], *, threads: int | None = None
) -> dict[str, Session]:
    """PyTorch as it is and folded, and files in every runtime that reads them, by title.

    Args:
        module: The network that was exported.
        metadata: Of the network.
        paths: Files that were exported of it.
        threads: That a call uses; None takes what the runtimes do.
    """
    plain = {
        name: open_model(module, name, metadata=metadata, threads=threads) for name in ('eager', 'folded')
    }
    found = {RUNTIMES[name].title: session for name, session in plain.items()}
    for path in paths:
        for name, runtime in RUNTIMES.items():
            if path.suffix in runtime.suffixes:
                opened = open_model(path, name, threads=threads)
                found[f'{runtime.title}, {opened.metadata.precision}, {path.name}'] = opened
    return found
