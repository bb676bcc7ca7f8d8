"""The order of the colour channels: flipping a stem, and noticing weights that expect the other order."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import urlparse

import torch
from mmengine.logging import print_log

from mmchan.channels import NetPlan
from mmchan.errors import InputError, require
from mmchan.layouts.renaming import layouts_of, module_names

BGR, RGB = 'bgr', 'rgb'
_OPENMMLAB = 'download.openmmlab.com'
# (scheme or host, beginning of the path or name) -> order; the first that fits counts
_SOURCES = (
    ('dl.fbaipublicfiles.com', 'pycls/', BGR),
    # OpenMMLab took its RegNets from pycls and its caffe-style ResNets from Detectron
    ('open-mmlab', 'regnetx_', BGR),
    ('open-mmlab', 'detectron', BGR),
    ('open-mmlab', 'resnext', RGB),
    (_OPENMMLAB, 'pretrain/third_party/regnetx_', BGR),
    (_OPENMMLAB, 'mmclassification/v0/regnet/', BGR),
    (_OPENMMLAB, 'mmclassification/v0/', RGB),
    ('torchvision', '', RGB),
    ('download.pytorch.org', 'models/', RGB),
    ('huggingface.co', 'timm/', RGB),
    ('github.com', 'huggingface/pytorch-image-models/', RGB),
    ('github.com', 'rwightman/pytorch-image-models/', RGB),
)

# where a config says the order of its images
SETTINGS = 'mean, std and to_rgb (bgr_to_rgb in mmdet) of the data_preprocessor in the config'

_images: ContextVar[str | None] = ContextVar('images', default=None)


@contextmanager
def images_in(order: str | None) -> Iterator[None]:
    """Within this context, weights whose layout is known to expect another order are reported.

    Args:
        order: 'rgb', 'bgr', or None where it is not known or of no interest.
    """
    token = _images.set(order)
    try:
        yield
    finally:
        _images.reset(token)


def wanted_order(*, to_rgb: bool, to_bgr: bool) -> str | None:
    """The order that a stem is to be flipped to; None where nobody asks.

    Raises:
        InputError: Where both are asked for.
    """
    if to_rgb and to_bgr:
        raise InputError('give to_rgb or to_bgr, not both: a stem takes one order')
    return RGB if to_rgb else BGR if to_bgr else None


def check_flip(checkpoint: str, order: str) -> None:
    """Refuse to flip what is published in the wanted order already.

    Args:
        checkpoint: Path or URL.
        order: 'rgb' or 'bgr': what the network is to take.
    """
    if known_order(checkpoint) == order:
        raise InputError(f'{checkpoint} expects {order} already; leave to_{order} (--to-{order}) out')


def flip_stem(state_dict: Mapping[str, torch.Tensor], plan: NetPlan, layout: str) -> dict[str, torch.Tensor]:
    """Let a network that was trained on one order of the colours take the other one.

    Args:
        state_dict: Tensors under the layout's keys; not changed.
        plan: The network.
        layout: Layout of the keys.

    Raises:
        InputError: For a stem that does not take three channels.
    """
    key = f'{module_names(plan, layout)[0]}.weight'
    channels = state_dict[key].shape[1]
    require(channels == 3, 'the stem whose colours are flipped', 'one of 3 channels', channels)
    return {**state_dict, key: state_dict[key][:, [2, 1, 0]].contiguous()}


def report_layout(plan: NetPlan, layout: str, name: str) -> None:
    """Warn where weights of a network in a layout expect another order than :func:`images_in` says."""
    weights, images = layouts_of(plan.family)[layout].colour, _images.get()
    if weights and images and weights != images:
        print_log(
            f'{name}, as other weights in the layout of {layout}, {mismatch(weights, images)}: '
            f'change {SETTINGS}, or the preprocessing of mmchan.predict; or {flip_advice(images)}',
            logger='current',
            level=logging.WARNING,
        )


def mismatch(weights: str, images: str) -> str:
    """That weights expect an order of the colours that the images do not have, behind the weights' name."""
    return f'expects images in {weights.upper()}, but they come in {images.upper()}'


def flip_advice(images: str) -> str:
    """How to turn a stem to the order of the images."""
    return (
        f'flip the stem: mmchan convert --to-{images}, or '
        f"init_cfg=dict(type='mmchan.Pretrained', checkpoint=..., to_{images}=True)"
    )


def colour_order(checkpoint: str) -> str:
    """The order of the colour channels that a published checkpoint expects.

    Args:
        checkpoint: URL of the checkpoint, or 'open-mmlab://NAME' or 'torchvision://NAME'.

    Returns:
        'bgr' or 'rgb'.

    Raises:
        InputError: For a source that does not tell, such as a file of one's own.

    >>> colour_order('open-mmlab://regnetx_400mf'), colour_order('torchvision://resnet50')
    ('bgr', 'rgb')
    """
    parts = urlparse(checkpoint)
    if parts.scheme in ('http', 'https'):
        source, name = parts.netloc, parts.path.lstrip('/')
    else:
        source, _, name = checkpoint.partition('://')
    for known, start, order in _SOURCES:
        if source == known and name.startswith(start):
            return order
    hosts = ', '.join(dict.fromkeys(known for known, _, _ in _SOURCES))
    raise InputError(
        f'checkpoint must be of a source whose colour order is known ({hosts}), got {checkpoint!r}'
    )


def known_order(checkpoint: str) -> str | None:
    """As :func:`colour_order`, but None for a source that does not tell."""
    try:
        return colour_order(checkpoint)
    except InputError:
        return None
