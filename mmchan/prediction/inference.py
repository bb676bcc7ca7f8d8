"""Predictions for single images, through the inferencers of mmpretrain and mmdet."""

import glob
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from mmengine.config import Config

from mmchan.data.loading import image_problem
from mmchan.errors import InputError
from mmchan.files import replacing

SUFFIXES = ('.bmp', '.jpeg', '.jpg', '.pgm', '.png', '.ppm', '.tif', '.tiff', '.webp')
RESULTS = 'predictions.json'
SHORT_EDGE = 256  # px; smaller images are enlarged before a class is written on them


@dataclass(frozen=True)
class Result:
    """What a model says about an image: plain values for JSON, and a drawing (H, W, 3), RGB."""

    said: dict
    drawing: np.ndarray


def find_images(patterns: Sequence[str]) -> list[Path]:
    """The images that files, folders (without their subfolders) and glob patterns name, each once.

    Raises:
        InputError: For a name that leads to no image.
    """
    found = [path for pattern in patterns for path in _matches(pattern)]
    return list(dict.fromkeys(found))


def _matches(pattern: str) -> list[Path]:
    path = Path(pattern).expanduser()
    if path.is_file():
        return [path]
    if path.is_dir():
        images = sorted(entry for entry in path.iterdir() if entry.suffix.lower() in SUFFIXES)
        if not images:
            raise InputError(f'the folder {pattern!r} holds no image ({", ".join(SUFFIXES)})')
        return images
    # a pattern may be absolute, which Path.glob refuses
    matches = sorted(Path(match) for match in glob.glob(str(path), recursive=True))  # noqa: PTH207
    images = [match for match in matches if match.is_file()]
    if images:
        return images
    if glob.has_magic(pattern):
        raise InputError(f'no file matches {pattern!r}')
    raise InputError(f'there is no image {pattern!r}')


def load_predictor(
    cfg: Config,
    checkpoint: str,
    *,
    device: str | None = None,
    score_threshold: float = 0.3,
    trust: bool = False,
) -> Callable[[Path], Result]:
    """The function that predicts for one image.

    Args:
        cfg: The config of a classifier (default_scope mmpretrain) or a detector (mmdet).
        checkpoint: Its weights: a file or a URL.
        device: Such as 'cuda:0'; None takes a GPU where there is one.
        score_threshold: Least score of a detection that is drawn and returned, in [0, 1].
        trust: Read the checkpoint also where it may run code.

    Raises:
        InputError: For a config of another kind of model, and for weights that are not this model's.
    """
    from mmchan.layouts.fitting import fit_state_dict
    from mmchan.weights.checkpoints import read_state_dict, safe_checkpoints

    scope = cfg.get('default_scope')
    if scope not in ('mmdet', 'mmpretrain'):
        raise InputError(f"the config's default_scope must be 'mmpretrain' or 'mmdet', got {scope!r}")
    load = _load_detector if scope == 'mmdet' else _load_classifier
    with safe_checkpoints(trust):
        weights = read_state_dict(checkpoint)
        inferencer = load(cfg, checkpoint, device)
    fit_state_dict(inferencer.model, weights, '', child='backbone')
    _check_weights(inferencer.model.state_dict(), weights, checkpoint)
    if scope == 'mmdet':
        return lambda image: _detect(inferencer, image, score_threshold)
    return lambda image: _classify(inferencer, image)


def _load_detector(cfg: Config, checkpoint: str, device: str | None):
    from mmdet.apis import DetInferencer

    return DetInferencer(model=cfg, weights=checkpoint, device=device, show_progress=False)


def _load_classifier(cfg: Config, checkpoint: str, device: str | None):
    from mmengine.device import get_device
    from mmengine.registry import init_default_scope
    from mmpretrain.apis import ImageClassificationInferencer

    init_default_scope('mmpretrain')
    return ImageClassificationInferencer(cfg, pretrained=checkpoint, device=device or get_device())


def _check_weights(wanted: dict, given: dict, checkpoint: str) -> None:
    """MMEngine only warns about weights that do not fit, and predicts with random ones."""
    missing = [
        name for name, value in wanted.items() if name not in given or given[name].shape != value.shape
    ]
    if missing:
        raise InputError(
            f'{checkpoint} is not a checkpoint of this config: {len(missing)} of its {len(wanted)} weights '
            f'are missing or of another shape, such as {missing[0]!r}'
        )


def _detect(inferencer, image: Path, score_threshold: float) -> Result:
    answer = inferencer(str(image), return_vis=True, pred_score_thr=score_threshold)
    raw = answer['predictions'][0]
    classes = inferencer.model.dataset_meta['classes']
    masks = raw.get('masks') or [None] * len(raw['scores'])
    rows = zip(raw['labels'], raw['scores'], raw['bboxes'], masks, strict=True)
    detections = [
        {
            'label': label,
            'class': classes[label],
            'score': score,
            'bbox': [left, top, right - left, bottom - top],
            **({} if mask is None else {'segmentation': mask}),
        }
        for label, score, (left, top, right, bottom), mask in rows
        if score >= score_threshold
    ]
    return Result({'image': str(image), 'detections': detections}, answer['visualization'][0])


def _classify(inferencer, image: Path) -> Result:
    from mmcv.image import imread

    batch = next(iter(inferencer.preprocess([str(image)])))
    samples = inferencer.forward(batch)
    answer = inferencer.postprocess(samples, None)[0]
    said = {'image': str(image), 'label': answer['pred_label'], 'score': answer['pred_score']}
    if 'pred_class' in answer:
        said['class'] = answer['pred_class']
    resize = SHORT_EDGE if min(imread(str(image)).shape[:2]) < SHORT_EDGE else None
    with tempfile.TemporaryDirectory() as folder:  # it draws only when it may write
        drawing = inferencer.visualize([str(image)], samples, show_dir=folder, resize=resize)[0]
    return Result(said, drawing)


def whole_images(paths: Sequence[Path]) -> tuple[list[Path], list[tuple[Path, str]]]:
    """Part files into images and what is none; asked before weights are loaded.

    Returns:
        The images, and path and reason of every file that is no whole image.

    Raises:
        InputError: When not one of them is an image.
    """
    problems = {path: image_problem(path) for path in paths}
    broken = [(path, why) for path, why in problems.items() if why]
    if len(broken) == len(problems):
        reasons = '\n'.join(f'{path}: {why}' for path, why in broken)
        raise InputError(f'nothing can be predicted\n{reasons}')
    return [path for path, why in problems.items() if not why], broken


def predict(images: Iterable[Path], predictor: Callable[[Path], Result], out: Path) -> list[dict]:
    """Predict for every image; write the drawings and one JSON file.

    Args:
        images: Files that are images, see :func:`whole_images`.
        predictor: From :func:`load_predictor`.
        out: Folder for the drawings and predictions.json.

    Returns:
        What was said about each image.
    """
    said = []
    names = _free_names()
    for image in images:
        result = predictor(image)
        drawing = out / names(image)
        _write_image(result.drawing, drawing)
        said.append({**result.said, 'drawing': drawing.name})
    with replacing(out / RESULTS) as unfinished:
        unfinished.write_text(json.dumps(said, indent=1), encoding='utf-8')
    return said


def _free_names() -> Callable[[Path], str]:
    """Names for drawings: images of the same name in different folders get a number."""
    used: dict[str, int] = {}

    def name(image: Path) -> str:
        used[image.stem] = used.get(image.stem, 0) + 1
        number = used[image.stem]
        return f'{image.stem}.png' if number == 1 else f'{image.stem}-{number}.png'

    return name


def _write_image(pixels: np.ndarray, path: Path) -> None:
    from PIL import Image

    with replacing(path) as unfinished:
        Image.fromarray(pixels).save(unfinished)
