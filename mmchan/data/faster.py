"""What a training replaces in mmcv and mmpretrain: the same results in less time, behind the same names.

A config says ``LoadImageFromFile``, ``RandAugment`` and ``PackInputs`` as ever; what these call is replaced
as long as a training lasts, in its process and in the loaders' workers that it forks.
"""

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator

import cv2
import mmcv
import numpy as np
import torch
from mmcv.image import io

from mmchan.data.loading import JPEG_SCAN, JPEG_START
from mmchan.data.pixels import FUNCTIONS

EXIF = b'Exif\0\0'  # begins such a segment, behind its marker and its length
DECODER = 'simplejpeg'
WITHOUT_DECODER = 'OpenCV decodes JPEG; simplejpeg gives the same pixels in less time'
_FORMATTING = 'mmpretrain.datasets.transforms.formatting'


def has_decoder() -> bool:
    """Whether simplejpeg can be imported, which decodes JPEG in less time than OpenCV."""
    try:
        importlib.import_module(DECODER)
    except (ImportError, ValueError):  # the latter: compiled for another NumPy
        return False
    return True


@contextlib.contextmanager
def faster_transforms() -> Iterator[None]:
    """Let mmcv's transforms and mmpretrain's take less time; the results stay the same bit for bit."""
    functions = [*FUNCTIONS, *([imfrombytes] if has_decoder() else [])]
    with contextlib.ExitStack() as stack:
        for function in functions:
            stack.enter_context(_replaced(mmcv, function.__name__, function))
        if formatting := sys.modules.get(_FORMATTING):  # else nobody packs inputs for mmpretrain
            packer = formatting.PackInputs
            packed = staticmethod(_format_input(packer.format_input))
            stack.enter_context(_replaced(packer, 'format_input', packed))
        yield


@contextlib.contextmanager
def _replaced(owner: object, name: str, value: object) -> Iterator[None]:
    original = vars(owner)[name]
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, original)


def imfrombytes(
    content: bytes, flag: str = 'color', channel_order: str = 'bgr', backend: str | None = None
) -> np.ndarray:
    """As :func:`mmcv.imfrombytes`; simplejpeg decodes what OpenCV would decode to the same pixels.

    Both use libjpeg-turbo with the same settings. OpenCV also turns an image as its EXIF data say, and has
    its own ways with files that are damaged: whatever is not plain is left to it.
    """
    wanted = flag == 'color' and (backend or io.imread_backend) == 'cv2'
    if wanted and isinstance(content, bytes) and _is_plain_jpeg(content):  # some storages give other buffers
        import simplejpeg

        with contextlib.suppress(ValueError):
            return simplejpeg.decode_jpeg(content, channel_order.upper())
    return io.imfrombytes(content, flag, channel_order, backend)


def _is_plain_jpeg(content: bytes) -> bool:
    """Whether the segments before a JPEG's scan are in order and no EXIF data are among them."""
    place = len(JPEG_START) if content.startswith(JPEG_START) else len(content)
    while content.startswith(b'\xff', place) and not content.startswith(JPEG_SCAN, place):
        if content.startswith(EXIF, place + 4):
            return False
        place += 2 + int.from_bytes(content[place + 2 : place + 4], 'big')
    return content.startswith(JPEG_SCAN, place)


def _format_input(original: Callable) -> Callable:
    """mmpretrain's way from an array (H, W, C) to a tensor (C, H, W), with OpenCV where that can."""

    def format_input(input_: object) -> object:
        if not isinstance(input_, np.ndarray) or input_.dtype != np.uint8 or input_.ndim != 3:
            return original(input_)
        planes = np.empty((input_.shape[2], *input_.shape[:2]), np.uint8)
        cv2.split(input_, list(planes))
        return torch.from_numpy(planes)

    return format_input
