"""Average precision of a detector on annotated images, by pycocotools: of mmdet's and of an exported one."""

import io
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmchan.deploy.detection.detections import Detections, detect
from mmchan.deploy.detection.loading import Loaded
from mmchan.deploy.detection.reference import predict_pixels
from mmchan.deploy.runtimes.session import Session
from mmchan.errors import InputError
from mmchan.progress import track

KINDS = {'box AP': 'bbox', 'mask AP': 'segm'}
MAX_DROP = 0.1  # points of AP, either way


@dataclass(frozen=True)
class Labelled:
    """Images with annotations in COCO's form.

    Attributes:
        annotations: The .json file.
        images: Folder of its images.
    """

    annotations: Path
    images: Path


def labelled_in(folder: Path, loaded: Loaded) -> Labelled:
    """The test data of a detector's config, in a folder.

    Args:
        folder: In place of the config's ``data_root``.
        loaded: Knows what is where below it.

    Raises:
        InputError: Where the data are not there.
    """
    annotations, images = (folder / part for part in loaded.test_data)
    if not annotations.is_file() or not images.is_dir():
        raise InputError(
            f"{folder} must hold the test data of the detector's config: annotations in COCO's form "
            f'({annotations}) and a folder of images ({images})'
        )
    return Labelled(annotations, images)


def average_precision(
    find: Callable[[np.ndarray], Detections], data: Labelled, classes: Sequence[str], *, what: str
) -> dict[str, float]:
    """Average precision over overlaps of 0.5 to 0.95, in points.

    Args:
        find: From pixels (H, W, 3) of uint8 in RGB to what is found.
        data: The images and what is in them.
        classes: Names by label; those of the annotations' categories.
        what: Is done, for the progress bar.

    Returns:
        'box AP' and, where masks are found and annotated, 'mask AP'.

    Raises:
        InputError: For classes that the annotations do not have.
    """
    from pycocotools.coco import COCO

    with redirect_stdout(io.StringIO()):
        truth = COCO(str(data.annotations))
    categories = _category_ids(truth, classes, data)
    results = []
    for image in track(list(truth.imgs.values()), what):
        found = find(_read(data.images / image['file_name']))
        results += [
            {**entry, 'image_id': image['id'], 'category_id': categories[entry['label']]}
            for entry in found.as_coco()
        ]
    return {
        name: _evaluate(truth, results, kind) for name, kind in KINDS.items() if _has(kind, truth, results)
    }


def _category_ids(truth, classes: Sequence[str], data: Labelled) -> list[int]:
    ids = {category['name']: category['id'] for category in truth.cats.values()}
    unknown = [name for name in classes if name not in ids]
    if unknown or not classes:
        raise InputError(f'{data.annotations} has no category {(unknown or ["at all"])[0]!r} of the detector')
    return [ids[name] for name in classes]


def _read(path: Path) -> np.ndarray:
    """Pixels (H, W, 3) in RGB, decoded as mmdet does it."""
    import cv2

    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise InputError(f'{path} is no image')
    return pixels[..., ::-1]


def _has(kind: str, truth, results: list[dict]) -> bool:
    if kind == 'bbox':
        return True
    annotated = any('segmentation' in entry for entry in truth.anns.values())
    return annotated and any('segmentation' in entry for entry in results)


def _evaluate(truth, results: list[dict], kind: str) -> float:
    from pycocotools.cocoeval import COCOeval

    if not results:
        return 0.0
    with redirect_stdout(io.StringIO()):
        evaluation = COCOeval(truth, truth.loadRes([dict(result) for result in results]), kind)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return 100 * float(evaluation.stats[0])


def compare_accuracy(loaded: Loaded, session: Session, data: Labelled) -> dict[str, tuple[float, float]]:
    """Average precision of mmdet's detector, through its own pipeline, and of the exported one.

    Returns:
        Both, in points, for 'box AP' and, where there are masks, 'mask AP'.
    """
    classes = loaded.metadata.classes
    before = average_precision(
        lambda pixels: predict_pixels(loaded.model, loaded.pipeline, pixels), data, classes, what='PyTorch'
    )
    after = average_precision(lambda pixels: detect(session, pixels), data, classes, what=session.name)
    return {kind: (value, after.get(kind, 0.0)) for kind, value in before.items()}


def refuse_drop(accuracy: Mapping[str, tuple[float, float]], *, limit: float = MAX_DROP, name: str) -> None:
    """Raise InputError where an average precision is another one by more than a number of points."""
    for kind, (before, after) in accuracy.items():
        if abs(before - after) > limit:
            raise InputError(
                f'{name} is not written: its {kind} is {after:.2f}, that of PyTorch {before:.2f} '
                f'(allowed: a difference of {limit})'
            )
