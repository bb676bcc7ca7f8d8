"""A network and a form of it (runtime, precision, batch) become a call that can be timed."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from mmchan.deploy.forms import BF16, EAGER, INT8, Form
from mmchan.deploy.networks import Network, Size, random_images
from mmchan.errors import InputError

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


def open_network(name: str, network: Network, form: Form, threads: int) -> Opened:
    """A network in one form.

    Args:
        name: What records call it.
        network: The network.
        form: Runtime, precision and batch.
        threads: That compute.

    Raises:
        InputError: For a form that it cannot take here.
    """
    images = random_images(form.batch, network.size)
    held = sum(weight.numel() * weight.element_size() for weight in network.module.parameters())
    call = _in_torch(network, form, torch.from_numpy(images))
    return Opened(name, form, network.size, network.weights, held, call)


def _in_torch(network: Network, form: Form, images: torch.Tensor) -> Callable[[], object]:
    if form.runtime != EAGER:
        raise InputError(f'{form.runtime} is not there yet')
    if form.precision == INT8:
        raise InputError('PyTorch computes no int8 here; take onnx or openvino')

    def call() -> object:
        with torch.inference_mode(), torch.autocast('cpu', torch.bfloat16, form.precision == BF16):
            return network.forward(images)

    return call


def open_file(path: str, form: Form, threads: int, *, size: Size | None) -> Opened:
    """An exported file in one form."""
    raise InputError('files are not there yet')
