"""What a test found, read again."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import mmengine
import numpy as np

SCORE = 0.5  # least score of a detection that counts
IOU = 0.5  # least overlap of a detection with an object that it finds


@dataclass(frozen=True)
class Prediction:
    """What a classifier says about an image of known class."""

    image: Path
    truth: int
    predicted: int
    score: float

    @property
    def is_right(self) -> bool:
        """Whether the prediction is the truth."""
        return self.predicted == self.truth


def read_predictions(path: Path) -> list[Prediction]:
    """Read the predictions that ``tools/test.py --out`` wrote for a classifier."""
    return [
        Prediction(
            Path(sample['img_path']),
            int(sample['gt_label']),
            int(sample['pred_label']),
            float(sample['pred_score'].max()),
        )
        for sample in mmengine.load(str(path))
    ]


@dataclass(frozen=True)
class Scene:
    """A test image, its objects and what was found, both as entries of COCO's format."""

    image: Path
    objects: list[dict]
    detections: list[dict]

    @cached_property
    def missed(self) -> list[dict]:
        """The objects that no detection of their category overlaps enough; each detection finds one."""
        found: set[int] = set()
        overlaps = _overlaps(self.detections, self.objects)
        for detection, overlap in zip(self.detections, overlaps, strict=True):
            fitting = [
                column
                for column in np.argsort(-overlap).tolist()
                if overlap[column] >= IOU and detection['category_id'] == self.objects[column]['category_id']
            ]
            found.update([column for column in fitting if column not in found][:1])
        return [entry for column, entry in enumerate(self.objects) if column not in found]


def _overlaps(ones: Sequence[dict], others: Sequence[dict]) -> np.ndarray:
    """Common area of boxes as a share of their union, (N, M)."""
    from pycocotools import mask

    if not ones or not others:
        return np.zeros((len(ones), len(others)))
    boxes = [np.array([entry['bbox'] for entry in entries]) for entries in (ones, others)]
    return mask.iou(*boxes, [0] * len(others))


def read_scenes(annotations: Path, images: Path, results: Path) -> tuple[list[Scene], dict[int, str]]:
    """Read an annotation file and the results that ``tools/test.py --out`` wrote for it.

    Args:
        annotations: COCO annotation file.
        images: Folder of its images.
        results: COCO results, with or without masks; those below a score of 50 % are left out.

    Returns:
        The images, and category id -> name.
    """
    content = json.loads(annotations.read_text(encoding='utf-8'))
    found = json.loads(results.read_text(encoding='utf-8'))
    objects = _by_image(content['annotations'])
    detections = _by_image([entry for entry in found if entry['score'] >= SCORE])
    scenes = [
        Scene(images / image['file_name'], objects[image['id']], detections[image['id']])
        for image in content['images']
    ]
    return scenes, {category['id']: category['name'] for category in content['categories']}


def _by_image(entries: Sequence[dict]) -> defaultdict[int, list[dict]]:
    groups = defaultdict(list)
    for entry in entries:
        groups[entry['image_id']].append(entry)
    return groups
