"""A network and a form of it (runtime, precision, batch) become a call that can be timed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from mmchan.deploy.forms import EAGER, FP32, INT8, Form
from mmchan.deploy.metadata import Metadata
from mmchan.deploy.networks import SEED, Network, Size, random_images
from mmchan.deploy.runtimes import open_model
from mmchan.errors import InputError

OF_FILE = 'of the file'


@dataclass(frozen=True)
class Opened:
    """A network that is ready to be timed.

    Attributes:
        name: The network's.
        form: What it is opened as.
        size: Height and width of its input.
        weights: 'published', 'random' or 'of the file'.
        held: Bytes of its weights.
        call: Computes one batch.
    """

    name: str
    form: Form
    size: Size
    weights: str
    held: int
    call: Callable[[], object]


def open_network(name: str, network: Network, form: Form, *, threads: int) -> Opened:
    """A network in one form.

    Args:
        name: What records call it.
        network: The network.
        form: Runtime, precision and batch.
        threads: That compute.

    Raises:
        InputError: For a form that it cannot take here.
    """
    form = replace(form, runtime=form.runtime or EAGER, precision=form.precision or FP32)
    held = sum(weight.numel() * weight.element_size() for weight in network.module.parameters())
    open_it = _open_detector if network.detects else _open_classifier
    call = open_it(network, form, threads)
    return Opened(name, form, network.size, network.weights, held, call)


def _open_classifier(network: Network, form: Form, threads: int) -> Callable[[], object]:
    if form.precision == INT8:
        raise InputError('int8 needs calibration: measure the file that mmchan export --int8 writes')
    session = open_model(
        network.module,
        form.runtime,
        threads=threads,
        precision=form.precision,
        metadata=Metadata(size=network.size),
    )
    return partial(session, random_images(form.batch, network.size))


def _open_detector(network: Network, form: Form, threads: int) -> Callable[[], object]:
    """A whole detector in PyTorch, which computes with the number of threads that is set."""
    if form.runtime != EAGER or form.precision != FP32:
        raise InputError('detectors are measured in eager fp32, and as files of mmchan export')
    images = torch.from_numpy(random_images(form.batch, network.size))

    def call() -> object:
        with torch.inference_mode():
            return network.forward(images)

    return call


def open_file(path: str, form: Form, *, threads: int, size: Size | None) -> Opened:
    """An exported file in one form.

    Args:
        path: The file.
        form: Runtime, precision and batch; int8 files are of int8 alone.
        threads: That compute.
        size: Height and width of the input; None takes the one that the file names.

    Raises:
        InputError: For a runtime that does not read it, and a precision that it has not.
    """
    wanted = FP32 if form.precision in (None, INT8) else form.precision
    session = open_model(path, form.runtime, threads=threads, precision=wanted)
    said = session.metadata
    is_int8 = said.precision.split()[0] == INT8
    if form.precision is not None and is_int8 != (form.precision == INT8):
        raise InputError(f'the file is of {said.precision}')
    computed = INT8 if is_int8 else wanted
    height, width = size or said.size
    if said.preprocessing:
        images = np.random.default_rng(SEED).integers(0, 256, (form.batch, height, width, 3), np.uint8)
    else:
        images = random_images(form.batch, (height, width))
    call = partial(session, images)
    call()  # a shape that the file does not take is known here
    form = replace(form, runtime=session.name, precision=computed)
    return Opened(path, form, (height, width), OF_FILE, Path(path).stat().st_size, call)
