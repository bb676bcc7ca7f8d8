"""From an image to a network's input, as an exported file's metadata says; NumPy and Pillow alone do it."""

import numpy as np
from PIL import Image

from mmchan.deploy.metadata import Metadata


def prepare_image(image: Image.Image, metadata: Metadata) -> np.ndarray:
    """The input of one image.

    Args:
        image: In RGB.
        metadata: Of the network.

    Returns:
        (1, 3, H, W) of float32; or (1, H, W, 3) of uint8 where the preprocessing is inside.
    """
    if metadata.preprocessing:
        return np.asarray(image)[None]
    pixels = crop_centre(resize(cut_square(image, metadata.square), metadata), metadata.crop)
    channels = pixels[..., ::-1] if metadata.colour == 'bgr' else pixels
    mean, std = (np.array(values, np.float32) for values in (metadata.mean, metadata.std))
    normalised = (channels.astype(np.float32) - mean) / std
    return np.ascontiguousarray(normalised.transpose(2, 0, 1)[None])


def cut_square(image: Image.Image, share: float) -> Image.Image:
    """The centred square whose side is a share of the shorter edge; 0 cuts nothing.

    Source: EfficientNet's evaluation, rounded as mmpretrain's EfficientNetCenterCrop does.
    """
    if not share:
        return image
    side = share * min(image.size)
    left, top = (max(0, round((length - side) / 2)) for length in image.size)
    return image.crop((left, top, left + int(side), top + int(side)))


def resize(image: Image.Image, metadata: Metadata) -> np.ndarray:
    """The resized image, (H, W, 3) of uint8."""
    size = new_size(image.size, metadata.resize)
    if size == image.size:
        return np.asarray(image)
    if metadata.library == 'cv2':
        import cv2

        kind = {'bilinear': cv2.INTER_LINEAR, 'bicubic': cv2.INTER_CUBIC, 'nearest': cv2.INTER_NEAREST}
        return cv2.resize(np.asarray(image), size, interpolation=kind[metadata.interpolation])
    kind = Image.Resampling[metadata.interpolation.upper()]
    return np.asarray(image.resize(size, kind))


def new_size(size: tuple[int, int], resized: tuple[int, ...]) -> tuple[int, int]:
    """Width and height after resizing.

    Args:
        size: Width and height before.
        resized: Of :class:`Metadata`: (edge,) or (height, width) or empty.

    >>> new_size((640, 480), (256,)), new_size((640, 480), (32, 48)), new_size((640, 480), ())
    ((341, 256), (48, 32), (640, 480))
    """
    if len(resized) == 1:
        width, height = (resized[0] * length // min(size) for length in size)
        return width, height
    return (resized[1], resized[0]) if resized else size


def crop_centre(pixels: np.ndarray, crop: tuple[int, ...]) -> np.ndarray:
    """The centre of an image (H, W, 3), of a height and a width; empty cuts nothing."""
    if not crop:
        return pixels
    top, left = (max(0, round((length - part) / 2)) for length, part in zip(pixels.shape, crop, strict=False))
    return pixels[top : top + crop[0], left : left + crop[1]]
