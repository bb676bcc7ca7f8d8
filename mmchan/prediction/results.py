"""What a test found, read again."""

import io
import json
import pickle
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from mmchan.errors import InputError

SCORE = 0.5  # least score of a detection that counts
IOU = 0.5  # least overlap of a detection with an object that it finds
_KEYS = ('img_path', 'gt_label', 'pred_label', 'pred_score')
_PLAIN = {
    ('_codecs', 'encode'),
    ('collections', 'OrderedDict'),
    ('torch._utils', '_rebuild_tensor_v2'),
    ('torch', 'device'),
    ('numpy', 'dtype'),
    ('numpy', 'ndarray'),
    *(
        (f'numpy.{core}.multiarray', name)
        for core in ('core', '_core')
        for name in ('_reconstruct', 'scalar')
    ),
}
# what unpickling something else raises
_NO_PICKLE = (pickle.UnpicklingError, EOFError, ValueError, LookupError, TypeError, AttributeError)


@dataclass(frozen=True)
class Prediction:
    """What a classifier says about an image of known class."""

    image: Path
    truth: int
    predicted: int
    score: float
    classes: int = 0  # number of the classifier's; 0 where it is not known

    @property
    def is_right(self) -> bool:
        """Whether the prediction is the truth."""
        return self.predicted == self.truth


class _PlainUnpickler(pickle.Unpickler):
    """Reads tensors and plain values; what could run code is refused."""

    def find_class(self, module: str, name: str) -> object:
        if (module, name) == ('torch.storage', '_load_from_bytes'):
            return _tensors_only
        if (module, name) not in _PLAIN:
            raise InputError(f'it needs {module}.{name}, which may run code; --trust reads it all the same')
        return super().find_class(module, name)


def _tensors_only(content: bytes) -> object:
    return torch.load(io.BytesIO(content), weights_only=True)


def read_samples(path: Path, *, trust: bool = False) -> list[dict]:
    """Read what ``tools/test.py --out`` pickled.

    Args:
        path: The file.
        trust: Read it also where it may run code.

    Raises:
        InputError: For a file that is missing, is no such pickle, or could run code when it is read.
    """
    if not path.is_file():
        raise InputError(
            f'there are no results {str(path)!r}; mmchan test CONFIG CHECKPOINT --out FILE writes them'
        )
    try:
        with path.open('rb') as file:
            samples = (pickle.Unpickler if trust else _PlainUnpickler)(file).load()
    except InputError as error:
        raise InputError(f'{path}: {error}') from error
    except _NO_PICKLE as error:
        raise InputError(f'{path} is no pickle of mmchan test --out: {error}') from error
    if not isinstance(samples, list) or not all(isinstance(sample, dict) for sample in samples):
        raise InputError(f'{path} holds no list of samples, as mmchan test --out writes it')
    return samples


def read_predictions(path: Path, *, trust: bool = False) -> list[Prediction]:
    """Read the predictions that ``tools/test.py --out`` wrote for a classifier; as :func:`read_samples`.

    Raises:
        InputError: As :func:`read_samples`; for results of something else.
    """
    samples = read_samples(path, trust=trust)
    lacking = next((key for key in _KEYS if any(key not in sample for sample in samples)), None)
    if lacking:
        raise InputError(
            f'{path} holds no predictions of a classifier with one class per image: no {lacking!r}'
        )
    return [
        Prediction(
            Path(sample['img_path']),
            int(sample['gt_label']),
            int(sample['pred_label']),
            float(sample['pred_score'].max()),
            classes=len(sample['pred_score']),
        )
        for sample in samples
    ]


@dataclass(frozen=True)
class Scene:
    """A test image, its objects and what was found, both as entries of COCO's format."""

    image: Path
    objects: list[dict]
    detections: list[dict]

    @cached_property
    def overlaps(self) -> np.ndarray:
        """Common area of every detection and every object as a share of their union, (N, M)."""
        return _overlaps(self.detections, self.objects)

    @cached_property
    def missed(self) -> list[dict]:
        """The objects that no detection of their category overlaps enough; each detection finds one."""
        found: set[int] = set()
        for detection, overlap in zip(self.detections, self.overlaps, strict=True):
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
