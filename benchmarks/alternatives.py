"""What other libraries offer for the stages of a pipeline: name -> a function of one image."""

import functools
import io
import os
from collections.abc import Callable
from pathlib import Path

import cv2
import mmcv
import numpy as np
import simplejpeg
import torch
from mmcv.image import photometric
from mmpretrain.models import ClsDataPreprocessor
from PIL import Image
from torchvision.io import decode_jpeg
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as vision

from mmchan.data import pixels
from mmchan.data.crops import resized

os.environ.setdefault('NO_ALBUMENTATIONS_UPDATE', '1')  # it asks the network for a newer version
try:
    import albumentations
except ImportError:
    albumentations = None

SIZE = (224, 224)
FACTOR = 1.5  # of brightness, contrast and colour
THRESHOLD = 128  # of solarize
CUBIC = v2.InterpolationMode.BICUBIC
Calls = dict[str, Callable]

OPENCV, TORCH = 'OpenCV (mmcv)', 'torch (mmpretrain)'
DECODERS: Calls = {
    OPENCV: functools.partial(mmcv.imfrombytes, flag='color', backend='cv2'),
    'simplejpeg': functools.partial(simplejpeg.decode_jpeg, colorspace='BGR'),
    'torchvision': lambda content: decode_jpeg(torch.frombuffer(bytearray(content), dtype=torch.uint8)),
    'Pillow': lambda content: np.asarray(Image.open(io.BytesIO(content)).convert('RGB')),
    'simplejpeg, fast DCT and upsampling (other pixels)': functools.partial(
        simplejpeg.decode_jpeg, colorspace='BGR', fastdct=True, fastupsample=True
    ),
    'OpenCV, half the size (other pixels)': lambda content: cv2.imdecode(
        np.frombuffer(content, np.uint8), cv2.IMREAD_REDUCED_COLOR_2
    ),
}
PACKERS: Calls = {
    TORCH: lambda image: torch.from_numpy(image).permute(2, 0, 1).contiguous(),
    'OpenCV': lambda image: cv2.split(image, list(np.empty((3, *image.shape[:2]), np.uint8))),
}


def linear_resizers() -> Calls:
    """RegNet's: bilinear, with aliasing."""
    return {
        OPENCV: lambda crop: cv2.resize(crop, SIZE, interpolation=cv2.INTER_LINEAR),
        'torchvision v2': lambda crop: vision.resize(_planes(crop), SIZE, antialias=False),
        'torch, without aliasing': lambda crop: resized(crop, SIZE, interpolation='bilinear'),
        **_albumentations('Resize', height=SIZE[0], width=SIZE[1], interpolation=cv2.INTER_LINEAR),
    }


def cubic_resizers() -> Calls:
    """ReXNet's: bicubic, without aliasing; OpenCV knows it with aliasing alone."""
    resize = functools.partial(vision.resize, size=SIZE, interpolation=CUBIC, antialias=True)
    cubic = _albumentations('Resize', height=SIZE[0], width=SIZE[1], interpolation=cv2.INTER_CUBIC)
    return {
        'Pillow (mmcv)': lambda crop: mmcv.imresize(crop, SIZE, interpolation='bicubic', backend='pillow'),
        'mmchan': lambda crop: resized(crop, SIZE, interpolation='bicubic'),
        'torchvision v2': lambda crop: resize(_planes(crop)),
        'OpenCV, with aliasing': lambda crop: cv2.resize(crop, SIZE, interpolation=cv2.INTER_CUBIC),
        **{f'{name}, with aliasing': call for name, call in cubic.items()},
    }


def operations() -> dict[str, Calls]:
    """The point operations of RandAugment, by mmcv's names."""
    jitter = {'brightness': (1, 1), 'contrast': (1, 1), 'saturation': (1, 1), 'hue': (0, 0), 'p': 1}
    fixed = (FACTOR, FACTOR)
    others: dict[str, tuple[tuple, Callable, Calls]] = {
        'solarize': (
            (THRESHOLD,),
            functools.partial(vision.solarize, threshold=THRESHOLD),
            _albumentations('Solarize', threshold_range=(0.5, 0.5), p=1),
        ),
        'imequalize': ((), vision.equalize, _albumentations('Equalize', mode='pil', p=1)),
        'auto_contrast': ((), vision.autocontrast, _albumentations('AutoContrast', method='pil', p=1)),
        'adjust_brightness': (
            (FACTOR,),
            functools.partial(vision.adjust_brightness, brightness_factor=FACTOR),
            _albumentations('ColorJitter', **{**jitter, 'brightness': fixed}),
        ),
        'adjust_contrast': (
            (FACTOR,),
            functools.partial(vision.adjust_contrast, contrast_factor=FACTOR),
            _albumentations('ColorJitter', **{**jitter, 'contrast': fixed}),
        ),
        'adjust_color': (
            (FACTOR,),
            functools.partial(vision.adjust_saturation, saturation_factor=FACTOR),
            _albumentations('ColorJitter', **{**jitter, 'saturation': fixed}),
        ),
    }
    return {
        name: {
            'mmcv': _with(getattr(photometric, name), arguments),
            'mmchan': _with(getattr(pixels, name), arguments),
            'torchvision v2': _on_planes(theirs),
            **more,
        }
        for name, (arguments, theirs, more) in others.items()
    }


def warps() -> Calls:
    """A rotation, as the five geometric operations of RandAugment are: they stay as they were."""
    rotate = functools.partial(vision.rotate, angle=12.0, interpolation=v2.InterpolationMode.BILINEAR)
    return {
        'mmcv, bicubic': lambda image: mmcv.imrotate(image, 12.0, interpolation='bicubic'),
        'torchvision v2, bilinear': _on_planes(rotate),
        **_albumentations('Rotate', limit=(12, 12), interpolation=cv2.INTER_CUBIC, p=1),
    }


def normalisers() -> Calls:
    """From a batch (N, C, H, W) of uint8 to what a network takes; it happens on the device that trains."""
    mean, std = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]
    ours = ClsDataPreprocessor(mean=mean, std=std, to_rgb=True)
    return {
        'mmpretrain': lambda batch: ours({'inputs': batch})['inputs'],
        'torchvision v2': lambda batch: vision.normalize(batch.flip(1).float(), mean, std, inplace=True),
    }


def by_torchvision() -> Callable[[Path], torch.Tensor]:
    """ReXNet's pipeline of torchvision's transforms for uint8 tensors, with torchvision's RandAugment."""
    steps = v2.Compose(
        [
            v2.RandomResizedCrop(SIZE, interpolation=CUBIC, antialias=True),
            v2.RandomHorizontalFlip(),
            v2.RandAugment(num_ops=2, magnitude=9, interpolation=v2.InterpolationMode.BILINEAR),
            v2.RandomErasing(p=0.2),
        ]
    )
    return lambda path: steps(DECODERS['torchvision'](path.read_bytes()))


def _planes(image: np.ndarray) -> torch.Tensor:
    """An array (H, W, C) as a tensor (C, H, W)."""
    return torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)


def _with(function: Callable, arguments: tuple) -> Callable:
    return lambda image: function(image, *arguments)


def _on_planes(function: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[np.ndarray], torch.Tensor]:
    """A function of tensors that finds them as it likes them best, made once."""
    made: dict[int, torch.Tensor] = {}

    def call(image: np.ndarray) -> torch.Tensor:
        if id(image) not in made:
            made[id(image)] = _planes(image).contiguous()
        return function(made[id(image)])

    return call


def _albumentations(kind: str, **settings: object) -> Calls:
    """One of its transforms; nothing where it is not there."""
    if albumentations is None:
        return {}
    transform = getattr(albumentations, kind)(**settings)
    return {'albumentations': lambda image: transform(image=image)}
