"""What a detector found in an image, and asking an exported one. Needs neither torch nor OpenMMLab."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmchan.deploy.detection.masks import THRESHOLD, paste_masks
from mmchan.deploy.detection.resizing import Resizing
from mmchan.deploy.metadata import Metadata
from mmchan.deploy.runtimes.session import Session


@dataclass(frozen=True)
class Detections:
    """What was found in an image, the best first.

    Attributes:
        boxes: (K, 4), (left, top, right, bottom) in pixels of the image.
        scores: (K,) within [0, 1].
        labels: (K,) of whole numbers.
        masks: Booleans (K, H, W); None where the detector gives none.
    """

    boxes: np.ndarray
    scores: np.ndarray
    labels: np.ndarray
    masks: np.ndarray | None = None

    def above(self, score: float) -> 'Detections':
        """Those with at least a score."""
        kept = self.scores >= score
        masks = None if self.masks is None else self.masks[kept]
        return Detections(self.boxes[kept], self.scores[kept], self.labels[kept], masks)

    def as_coco(self, classes: Sequence[str] = ()) -> list[dict]:
        """In COCO's form, plain values for JSON.

        Args:
            classes: Names by label; without them, no entry has a ``class``.

        Returns:
            Entries with ``label``, ``class``, ``score``, ``bbox`` [left, top, width, height], and for masks a
            ``segmentation``: run lengths, as pycocotools packs them.
        """
        entries = []
        for number, (left, top, right, bottom) in enumerate(self.boxes.tolist()):
            label = int(self.labels[number])
            entry = {
                'label': label,
                'score': float(self.scores[number]),
                'bbox': [left, top, right - left, bottom - top],
            }
            if classes:
                entry['class'] = classes[label]
            if self.masks is not None:
                entry['segmentation'] = _run_lengths(self.masks[number])
            entries.append(entry)
        return entries


def _run_lengths(mask: np.ndarray) -> dict:
    from pycocotools import mask as coco_mask

    encoded = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {'size': list(mask.shape), 'counts': encoded['counts'].decode()}


def detect(session: Session, pixels: np.ndarray, *, score_threshold: float = 0.0) -> Detections:
    """Ask an exported detector what is in an image.

    Args:
        session: Of :func:`mmchan.deploy.runtimes.open_model`.
        pixels: (H, W, 3) of uint8 in RGB.
        score_threshold: Least score of what is returned, in [0, 1].
    """
    if session.metadata.preprocessing:
        outputs = session(pixels[None])
        back = np.ones(4, dtype=np.float32)
    else:
        image, back = prepare(pixels, session.metadata)
        outputs = session(image)
    kept = outputs['scores'] >= score_threshold
    parts = {name: values[kept] for name, values in outputs.items()}
    return as_detections({**parts, 'boxes': parts['boxes'] * back}, session.metadata, pixels.shape[:2])


def as_detections(outputs: dict[str, np.ndarray], metadata: Metadata, size: tuple[int, int]) -> Detections:
    """A graph's outputs by name as detections in an image of a height and width."""
    masks = outputs.get('masks')
    if masks is not None:
        threshold = (metadata.extra or {}).get('mask_threshold', THRESHOLD)
        masks = paste_masks(masks, outputs['boxes'], height=size[0], width=size[1], threshold=threshold)
    return Detections(outputs['boxes'], outputs['scores'], outputs['labels'], masks)


def prepare(pixels: np.ndarray, metadata: Metadata) -> tuple[np.ndarray, np.ndarray]:
    """An image (H, W, 3) of uint8 in RGB as a detector's input, where the graph begins behind all that.

    Returns:
        (1, 3, h, w) of float32, and the factors (4,) that lead boxes back to the image.
    """
    import cv2

    height, width = pixels.shape[:2]
    rows, columns = Resizing.of(metadata).size(height, width)
    resized = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_LINEAR)
    if metadata.colour == 'bgr':
        resized = resized[..., ::-1]
    mean, std = (np.asarray(values, dtype=np.float32) for values in (metadata.mean, metadata.std))
    image = (resized.astype(np.float32) - mean) / std
    back = np.array([width / columns, height / rows] * 2, dtype=np.float32)
    return np.ascontiguousarray(image.transpose(2, 0, 1)[None]), back
