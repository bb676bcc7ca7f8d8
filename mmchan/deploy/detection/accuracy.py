"""Average precision of a detector on annotated images, by pycocotools: of mmdet's and of an exported one."""

import io
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from mmengine.config import Config

from mmchan.deploy.detection.detections import Detections, detect
from mmchan.deploy.detection.loading import Loaded
from mmchan.deploy.detection.reference import predict_pixels
from mmchan.deploy.runtimes.session import Session
from mmchan.errors import InputError
from mmchan.progress import track

KINDS = {'box AP': 'bbox', 'mask AP': 'segm'}
MAX_DROP = 0.1  # points of AP


@dataclass(frozen=True)
class Labelled:
    """Images with annotations in COCO's form.

    Attributes:
        annotations: The .json file.
        images: Folder of its images.
    """

    annotations: Path
    images: Path


def labelled_of(cfg: Config) -> Labelled:
    """The test data of a config.

    Raises:
        InputError: Where it has none in COCO's form, or they are not there.
    """
    dataset = cfg.get('test_dataloader', {}).get('dataset', {})
    while 'dataset' in dataset:
        dataset = dataset['dataset']
    root = Path(dataset.get('data_root') or '')
    annotations = root / (dataset.get('ann_file') or '')
    images = root / (dataset.get('data_prefix') or {}).get('img', '')
    if not annotations.is_file() or not images.is_dir():
        raise InputError(f"the config's test data are not there: {annotations}, {images}")
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


def compare_accuracy(
    loaded: Loaded, session: Session, data: Labelled
) -> tuple[dict[str, float], dict[str, float]]:
    """Average precision of mmdet's detector, through its own pipeline, and of the exported one."""
    classes = loaded.metadata.classes
    before = average_precision(
        lambda pixels: predict_pixels(loaded.model, loaded.pipeline, pixels), data, classes, what='PyTorch'
    )
    after = average_precision(lambda pixels: detect(session, pixels), data, classes, what=session.name)
    return before, after


def refuse_drop(
    before: dict[str, float], after: dict[str, float], *, limit: float = MAX_DROP, name: str
) -> None:
    """Raise InputError where an average precision fell by more than a number of points."""
    for kind, value in before.items():
        if value - after.get(kind, 0.0) > limit:
            raise InputError(
                f'{name} is not written: its {kind} is {after.get(kind, 0.0):.1f}, that of PyTorch '
                f'{value:.1f} (allowed: {limit} less)'
            )
