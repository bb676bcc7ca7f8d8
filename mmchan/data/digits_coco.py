"""Handwritten digits on photographs in COCO's format, so that a detector trains without a download.

scikit-learn's 1,797 real digits (see :mod:`mmchan.data.digits`) on random crops of its two photographs:
several per image, of varying size, colour and place, with exact masks. Needs scikit-learn, Pillow and
pycocotools, nothing of OpenMMLab.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmchan.data.digits import load_split, write_folder

COUNTS = {'train': 800, 'val': 150}
SEEDS = {'train': 0, 'val': 1}
IMAGE_SIZE = 160  # px, both sides
DIGIT_SIZES = (52, 96)  # px, both ends included
PER_IMAGE = (5, 8)  # digits that are tried, both ends included
MAX_OVERLAP = 0.15  # of the smaller of two digits' boxes
PLACES = 60  # tried for a digit before it is left out
MIN_CONTRAST = 110  # between a digit's colour and the mean behind it: Euclidean, in pixel values
CROP_SIDES = (120, 400)  # px of a photograph, both ends included
INK = 0.5  # share of a digit's darkest ink from which a pixel belongs to the digit
EDGE = 4  # slope of the opacity at that border: what is seen ends where the mask does
JPEG_QUALITY = 92


@dataclass(frozen=True)
class Scene:
    """An image (H, W, 3) of digits, and the class and visible mask (H, W) of each."""

    image: np.ndarray
    labels: list[int]
    masks: list[np.ndarray]


def write_digits_coco(
    out: str | Path, *, force: bool = False, progress: Callable[[Iterable[int]], Iterable[int]] = iter
) -> bool:
    """Write ``out/{train,val}/<image id>.jpg`` and ``out/annotations/{train,val}.json``.

    The same files, byte for byte, whenever the libraries are the same. They are written beside ``out``
    and renamed at the end: whatever stands under ``out`` is whole.

    Args:
        out: The folder to write. One that already holds the data set is left alone.
        force: Replace a folder that holds something else.
        progress: Wraps the sequence of all image numbers, to show how far it has come.

    Returns:
        Whether anything was written.

    Raises:
        InputError: When ``out`` holds something else and ``force`` is off.
    """

    def write(folder: Path) -> None:
        ticks = iter(progress(range(sum(COUNTS.values()))))
        for split, count in COUNTS.items():
            _write_split(folder, split, count, ticks)
        next(ticks, None)  # lets a progress bar end at 100 %

    return write_folder(Path(out), file_names(), write, force=force)


def file_names() -> set[str]:
    """Paths of all files below the folder."""
    images = {f'{split}/{_image_name(image_id)}' for split in COUNTS for image_id in image_ids(split)}
    return images | {f'annotations/{split}.json' for split in COUNTS}


def image_ids(split: str) -> range:
    """Image ids of 'train' or 'val', from 1."""
    return range(1, COUNTS[split] + 1)


def _image_name(image_id: int) -> str:
    return f'{image_id:06d}.jpg'


def _write_split(folder: Path, split: str, count: int, ticks: Iterable[int]) -> None:
    from PIL import Image

    (folder / split).mkdir(parents=True)
    (folder / 'annotations').mkdir(exist_ok=True)
    rng = np.random.default_rng(SEEDS[split])
    digits, photographs = load_digits_of(split), load_photographs()
    images, annotations = [], []
    for image_id, _ in zip(image_ids(split), ticks, strict=False):
        scene = compose(rng, digits, photographs)
        path = folder / split / _image_name(image_id)
        Image.fromarray(scene.image).save(path, quality=JPEG_QUALITY)
        images.append({'id': image_id, 'file_name': path.name, 'width': IMAGE_SIZE, 'height': IMAGE_SIZE})
        for label, mask in zip(scene.labels, scene.masks, strict=True):
            annotations.append(annotation(len(annotations) + 1, image_id, label, mask))
    content = {
        'info': {'description': f"scikit-learn's handwritten digits on its photographs, {split}"},
        'images': images,
        'annotations': annotations,
        'categories': [{'id': digit + 1, 'name': str(digit)} for digit in range(10)],
    }
    (folder / 'annotations' / f'{split}.json').write_text(json.dumps(content), encoding='utf-8')


def load_digits_of(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 8, 8) and classes (N,) of 'train' or 'val', divided as the digits data set is."""
    pixels, labels, held_out = load_split()
    chosen = held_out == (split == 'val')
    return pixels[chosen], labels[chosen]


def load_photographs() -> list[np.ndarray]:
    """scikit-learn's photographs, each (427, 640, 3), RGB."""
    from sklearn.datasets import load_sample_images

    return list(load_sample_images().images)


def compose(
    rng: np.random.Generator, digits: tuple[np.ndarray, np.ndarray], photographs: list[np.ndarray]
) -> Scene:
    """Draw several digits on a crop of a photograph, a later one over an earlier one.

    Args:
        rng: Source of all random choices.
        digits: Images (N, 8, 8) uint8 and classes (N,) to choose from.
        photographs: Images (H, W, 3) to choose from.
    """
    pixels, classes = digits
    image = background(rng, photographs).astype(np.float64)
    labels, masks, boxes = [], [], []
    for _ in range(rng.integers(*PER_IMAGE, endpoint=True)):
        index = rng.integers(len(classes))
        box = free_place(rng, int(rng.integers(*DIGIT_SIZES, endpoint=True)), boxes)
        if box is None:
            continue
        mask = _paint(rng, image, pixels[index], box)
        for earlier in masks:
            earlier &= ~mask
        labels.append(int(classes[index]))
        masks.append(mask)
        boxes.append(box)
    return Scene(np.rint(image).astype(np.uint8), labels, masks)


def background(rng: np.random.Generator, photographs: list[np.ndarray]) -> np.ndarray:
    """A random square of a random photograph, (IMAGE_SIZE, IMAGE_SIZE, 3), perhaps mirrored."""
    from PIL import Image

    photograph = photographs[rng.integers(len(photographs))]
    side = int(rng.integers(*CROP_SIDES, endpoint=True))
    top, left = (int(rng.integers(length - side + 1)) for length in photograph.shape[:2])
    crop = Image.fromarray(photograph).crop((left, top, left + side, top + side))
    resized = np.asarray(crop.resize((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.BICUBIC))
    return resized[:, ::-1] if rng.random() < 0.5 else resized


def free_place(
    rng: np.random.Generator, size: int, taken: list[tuple[int, int, int]]
) -> tuple[int, int, int] | None:
    """Top, left and side of a square that hardly overlaps the taken ones; None where none was found."""
    for top, left in rng.integers(IMAGE_SIZE - size + 1, size=(PLACES, 2)).tolist():
        if all(_overlap((top, left, size), other) <= MAX_OVERLAP for other in taken):
            return top, left, size
    return None


def _overlap(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Common area of two squares, as a share of the smaller one's."""
    sides = [
        max(0, min(one[axis] + one[2], other[axis] + other[2]) - max(one[axis], other[axis]))
        for axis in (0, 1)
    ]
    return sides[0] * sides[1] / min(one[2], other[2]) ** 2


def _paint(
    rng: np.random.Generator, image: np.ndarray, digit: np.ndarray, box: tuple[int, int, int]
) -> np.ndarray:
    """Draw a digit into ``image``, in place; returns its mask (H, W)."""
    from PIL import Image

    top, left, size = box
    enlarged = Image.fromarray(digit).resize((size, size), Image.Resampling.BICUBIC)
    ink = np.asarray(enlarged, dtype=np.float64)[..., None] / 255
    opacity = np.clip(0.5 + EDGE * (ink - INK), 0, 1)
    patch = image[top : top + size, left : left + size]
    patch += opacity * (_contrasting_colour(rng, patch.mean(axis=(0, 1))) - patch)
    mask = np.zeros(image.shape[:2], dtype=bool)
    mask[top : top + size, left : left + size] = ink[..., 0] >= INK
    return mask


def _contrasting_colour(rng: np.random.Generator, behind: np.ndarray) -> np.ndarray:
    """A random colour that differs enough from the mean colour behind it."""
    while True:
        colour = rng.uniform(0, 255, size=3)
        if np.linalg.norm(colour - behind) >= MIN_CONTRAST:
            return colour


def annotation(annotation_id: int, image_id: int, label: int, mask: np.ndarray) -> dict:
    """COCO's entry for an object: box and area are those of its visible mask (H, W)."""
    from pycocotools import mask as coco_mask

    rle = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {
        'id': annotation_id,
        'image_id': image_id,
        'category_id': label + 1,
        'iscrowd': 0,
        'area': int(mask.sum()),
        'bbox': coco_mask.toBbox(rle).tolist(),
        'segmentation': {'size': list(mask.shape), 'counts': rle['counts'].decode()},
    }
