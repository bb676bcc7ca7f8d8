"""What an exported detector finds beside what mmdet finds, in images of several sizes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from mmchan.deploy.detection.detections import Detections
from mmchan.deploy.metadata import Metadata
from mmchan.errors import InputError

SEED = 0
# what one and the same detection may differ by: rounding of fp32
BOX_LIMIT = 0.05  # pixels
SCORE_LIMIT = 1e-3
MASK_LIMIT = 0.01  # share of the pixels of all masks that are in one of two alone
ODD_SHARE = 0.01  # of detections: where two overlap just as much as is allowed, rounding decides

Detect = Callable[[np.ndarray], Detections]


@dataclass(frozen=True)
class DetectionDifference:
    """How far the detections of two detectors are apart.

    Attributes:
        boxes: Greatest difference of an edge, in pixels, of detections that are in both.
        scores: Greatest difference of a score, of the same.
        pixels: Number of pixels in the masks of either, of the same.
        odd_pixels: Number of those that are in the mask of one alone.
        odd: Number of detections without a partner in the other.
        detections: Number of detections of the first.
        images: Number of images.
        empty: Number of images in which both found nothing.
        accuracy: Average precision of both on annotated images, in points, by kind.
    """

    boxes: float = 0.0
    scores: float = 0.0
    pixels: int = 0
    odd_pixels: int = 0
    odd: int = 0
    detections: int = 0
    images: int = 0
    empty: int = 0
    accuracy: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def __add__(self, other: 'DetectionDifference') -> 'DetectionDifference':
        return DetectionDifference(
            max(self.boxes, other.boxes),
            max(self.scores, other.scores),
            self.pixels + other.pixels,
            self.odd_pixels + other.odd_pixels,
            self.odd + other.odd,
            self.detections + other.detections,
            self.images + other.images,
            self.empty + other.empty,
            {**self.accuracy, **other.accuracy},
        )

    @property
    def masks(self) -> float:
        """Share of the masks' pixels that are in the mask of one detector alone."""
        return self.odd_pixels / max(1, self.pixels)

    @property
    def lines(self) -> tuple[str, ...]:
        """For people."""
        masks = f', masks in {self.masks:.2g} of their pixels' if self.pixels else ''
        return (
            f'beside PyTorch: boxes differ by up to {self.boxes:.2g} px, scores by {self.scores:.2g}{masks}',
            f'{self.odd} of {self.detections} detections without a partner ({self.images} images, '
            f'{self.empty} of them empty)',
            *(
                f'{kind} {after:.2f}, in PyTorch {before:.2f}'
                for kind, (before, after) in self.accuracy.items()
            ),
        )


def compare_detections(expected: Detections, found: Detections) -> DetectionDifference:
    """The difference in one image: every detection beside the nearest of its class."""
    empty = int(not len(expected.scores) and not len(found.scores))
    total = DetectionDifference(
        odd=max(0, len(found.scores) - len(expected.scores)),
        detections=max(len(expected.scores), len(found.scores)),
        images=1,
        empty=empty,
    )
    for number in range(len(expected.scores)):
        total += _compare_one(expected, number, found)
    return total


def _compare_one(expected: Detections, number: int, found: Detections) -> DetectionDifference:
    boxes = np.abs(found.boxes - expected.boxes[number]).max(axis=1)
    scores = np.abs(found.scores - expected.scores[number])
    fitting = (found.labels == expected.labels[number]) & (boxes <= BOX_LIMIT) & (scores <= SCORE_LIMIT)
    if not fitting.any():
        return DetectionDifference(odd=1)
    partner = int(np.where(fitting, boxes, np.inf).argmin())
    pixels = odd = 0
    if expected.masks is not None:
        one, other = expected.masks[number], found.masks[partner]
        pixels, odd = int((one | other).sum()), int((one ^ other).sum())
    return DetectionDifference(float(boxes[partner]), float(scores[partner]), pixels, odd)


def probe_images(metadata: Metadata) -> Iterator[np.ndarray]:
    """Inputs of several sizes: wavy pictures, and nearly plain ones, in which there should be nothing.

    Yields:
        (1, 3, H, W) of float32, or (1, H, W, 3) of uint8 where the preprocessing is inside.
    """
    rng = np.random.default_rng(SEED)
    height, width = metadata.size
    sizes = [(height, width), (width, height), (height // 2 + 5, width // 2 + 3), (height, width // 2 + 1)]
    for rows, columns in sizes:
        yield _as_input(_wavy(rng, rows, columns), metadata)
    for value in (2, 114, 253):
        # of plain ones all places would look the same, and which is best would be anybody's guess
        noise = rng.integers(-2, 3, (height // 2 + 1, width // 2, 3))
        yield _as_input((value + noise).astype(np.uint8), metadata)


def _wavy(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """A picture (height, width, 3) of waves of all lengths, with edges."""
    rows, columns = np.mgrid[0:height, 0:width] / max(height, width)
    picture = np.zeros((height, width, 3))
    for frequency in 2.0 ** np.arange(1, 7):
        angle, phase = rng.uniform(0, 2 * np.pi, size=(2, 3))
        waves = np.sin(
            2 * np.pi * frequency * (rows[..., None] * np.cos(angle) + columns[..., None] * np.sin(angle))
            + phase
        )
        picture += np.where(rng.random(3) < 0.5, np.sign(waves), waves) / np.sqrt(frequency)
    low, high = picture.min(), picture.max()
    return ((picture - low) / (high - low) * 255).astype(np.uint8)


def _as_input(pixels: np.ndarray, metadata: Metadata) -> np.ndarray:
    if metadata.preprocessing:
        return pixels[None]
    ordered = pixels if metadata.colour == 'rgb' else pixels[..., ::-1]
    image = (ordered - np.asarray(metadata.mean)) / np.asarray(metadata.std)
    return np.ascontiguousarray(image.transpose(2, 0, 1)[None], dtype=np.float32)


def compare_on(images: Iterable[np.ndarray], expected: Detect, found: Detect) -> DetectionDifference:
    """The difference of two detectors over images."""
    return sum(
        (compare_detections(expected(image), found(image)) for image in images), start=DetectionDifference()
    )


def refuse_odd(difference: DetectionDifference, *, name: str) -> None:
    """Raise InputError where an exported detector finds something else than mmdet."""
    allowed = ODD_SHARE * difference.detections
    if difference.odd > allowed or difference.masks > MASK_LIMIT:
        raise InputError(
            f'{name} is not written, because it does not find what PyTorch finds: '
            f'{"; ".join(difference.lines)} (allowed: '
            f'boxes {BOX_LIMIT} px, scores {SCORE_LIMIT}, masks {MASK_LIMIT:.0%}, without a partner '
            f'{ODD_SHARE:.0%})'
        )
