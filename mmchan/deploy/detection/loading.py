"""A detector of a config with its weights, and what a file of it says about itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from torch import nn

from mmchan import compat
from mmchan.deploy.detection.detectors import Detector, traceable
from mmchan.deploy.detection.masks import THRESHOLD
from mmchan.deploy.detection.preprocessing import FromPixels, Preprocessing
from mmchan.deploy.detection.resizing import Resizing, read_resizing
from mmchan.deploy.metadata import Metadata
from mmchan.errors import InputError

SIZE = (640, 640)  # pixels of the traced example where the pipeline resizes nothing


@dataclass(frozen=True)
class Loaded:
    """A detector, ready to be exported.

    Attributes:
        model: mmdet's.
        module: The same as a module that can be traced, with the preprocessing where that is asked for.
        metadata: Of the module.
        pipeline: The configs of the test pipeline.
    """

    model: nn.Module
    module: nn.Module
    metadata: Metadata
    pipeline: Sequence[Mapping]


def load_detector(cfg: Config, checkpoint: str, *, preprocessing: bool = True, trust: bool = False) -> Loaded:
    """The detector of a config with its weights, on the CPU.

    Args:
        cfg: With a test pipeline.
        checkpoint: A file or a URL.
        preprocessing: Put resizing, normalisation and colour order into the graph.
        trust: Read the checkpoint also where it may run code.

    Raises:
        InputError: For a detector that cannot be exported, and weights that are not its own.
    """
    from mmchan.prediction.predictor import load_inferencer

    inferencer = load_inferencer(cfg, checkpoint, device='cpu', trust=trust)
    name = Path(cfg.filename).stem if cfg.filename else type(inferencer.model).__name__
    return as_loaded(inferencer.model, cfg, name=name, source=checkpoint, preprocessing=preprocessing)


def as_loaded(
    model: nn.Module, cfg: Config, *, name: str, source: str = '', preprocessing: bool = True
) -> Loaded:
    """A detector that is built, as :func:`load_detector` gives it.

    Args:
        model: mmdet's; its ``dataset_meta`` names the classes.
        cfg: With a test pipeline.
        name: Of the network.
        source: Where its weights come from.
        preprocessing: As for :func:`load_detector`.
    """
    compat.let_ssd_heads_predict()
    pipeline = _test_pipeline(cfg)
    resizing = read_resizing(pipeline)
    detector = traceable(model.eval())
    metadata = _metadata(model, detector, resizing, name=name, source=source, preprocessing=preprocessing)
    if not preprocessing:
        return Loaded(model, detector, metadata, pipeline)
    before = Preprocessing(
        resizing, torch.tensor(metadata.mean), torch.tensor(metadata.std), swap=metadata.colour == 'bgr'
    )
    return Loaded(model, FromPixels(detector, before).eval(), metadata, pipeline)


def _test_pipeline(cfg: Config) -> Sequence[Mapping]:
    """The transforms of the innermost test data set."""
    dataset = cfg.get('test_dataloader', {}).get('dataset')
    while dataset is not None and 'pipeline' not in dataset and 'dataset' in dataset:
        dataset = dataset['dataset']
    if dataset is None or 'pipeline' not in dataset:
        raise InputError(
            'the config has no test_dataloader with a pipeline, which says how images are resized'
        )
    return dataset['pipeline']


def _metadata(
    model: nn.Module, detector: Detector, resizing: Resizing, *, name: str, source: str, preprocessing: bool
) -> Metadata:
    before = model.data_preprocessor
    normalises = getattr(before, '_enable_normalize', False)
    classes = (getattr(model, 'dataset_meta', None) or {}).get('classes') or ()
    return Metadata(
        task='detection',
        name=name,
        classes=tuple(classes),
        outputs=tuple(detector.outputs),
        size=_nominal_size(resizing),
        library='cv2',
        # mmdet reads images as BGR
        colour='rgb' if before._channel_conversion else 'bgr',
        mean=_values(before.mean) if normalises else (0.0, 0.0, 0.0),
        std=_values(before.std) if normalises else (1.0, 1.0, 1.0),
        preprocessing=preprocessing,
        dynamic=('height', 'width'),
        source=source,
        extra=_extra(model, resizing),
    )


def _nominal_size(resizing: Resizing) -> tuple[int, int]:
    """Height and width of an input, in pixels; a landscape where the longest edge is given."""
    return (
        (min(resizing.scale), max(resizing.scale))
        if resizing.keep_ratio and resizing.scale
        else (resizing.scale[::-1] or SIZE)
    )


def _values(tensor: torch.Tensor) -> tuple[float, ...]:
    # as they were written: 116.28 in float32 is 116.27999878
    return tuple(float(str(value)) for value in tensor.flatten().numpy())


def _extra(model: nn.Module, resizing: Resizing) -> dict[str, Any]:
    """What a file says of a detector beyond its classes and its normalisation."""
    settings = model.test_cfg.get('rcnn', model.test_cfg)
    said = {
        'detector': type(model).__name__,
        'scale': list(resizing.scale),
        'keep_ratio': resizing.keep_ratio,
        'padding_divisor': model.data_preprocessor.pad_size_divisor,
        'padding_value': model.data_preprocessor.pad_value,
        'score_threshold': settings.get('score_thr', 0),
        'iou_threshold': settings.nms.get('iou_threshold', 0.5),
        'max_detections': settings.get('max_per_img'),
    }
    if getattr(model, 'with_mask', False):
        said['mask_threshold'] = settings.get('mask_thr_binary', THRESHOLD)
    return said
