"""A detector of a config with its weights, and what a file of it says about itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from mmchan.deploy.tasks import Exportable
from mmchan.errors import InputError

SIZE = (640, 640)  # pixels of the traced example where the pipeline resizes nothing


@dataclass(frozen=True)
class Loaded(Exportable):
    """A detector that can be exported.

    Attributes:
        model: mmdet's.
        resizing: Of the test pipeline.
        pipeline: The configs of the test pipeline.
        test_data: Where the test data's annotations and images are below their folder.
    """

    model: nn.Module
    resizing: Resizing
    pipeline: Sequence[Mapping]
    test_data: tuple[str, str]

    def with_preprocessing(self) -> 'Loaded':
        """The detector behind resizing, normalisation and colour order, from (1, H, W, 3) of uint8 in RGB."""
        said = self.metadata
        before = Preprocessing(
            self.resizing, torch.tensor(said.mean), torch.tensor(said.std), swap=said.colour == 'bgr'
        )
        module = FromPixels(self.module, before).eval()
        return replace(self, module=module, metadata=said.changed(preprocessing=True))


def load_config(cfg: Config, checkpoint: str, *, name: str, trust: bool = False) -> Loaded:
    """The detector of a config with its weights, on the CPU.

    Args:
        cfg: Of a detector of mmdet, with a test pipeline.
        checkpoint: Its weights: a file or a URL.
        name: Of the config.
        trust: Read the checkpoint also where it may run code.

    Raises:
        InputError: For a detector that cannot be exported, and weights that are not its own.
    """
    from mmchan.prediction.predictor import load_inferencer

    model = load_inferencer(cfg, checkpoint, device='cpu', trust=trust).model
    return as_loaded(model, cfg, name=name, source=checkpoint)


def as_loaded(model: nn.Module, cfg: Config, *, name: str, source: str = '') -> Loaded:
    """A detector that is built, as :func:`load_config` gives it.

    Args:
        model: mmdet's; its ``dataset_meta`` names the classes.
        cfg: With a test pipeline.
        name: Of the network.
        source: Where its weights come from.

    Raises:
        InputError: For a detector that cannot be exported.
    """
    compat.let_ssd_heads_predict()
    dataset = _test_dataset(cfg)
    resizing = read_resizing(dataset['pipeline'])
    detector = traceable(model.eval())
    return Loaded(
        module=detector,
        metadata=_metadata(model, detector, resizing, name=name, source=source),
        model=model,
        resizing=resizing,
        pipeline=dataset['pipeline'],
        test_data=(dataset.get('ann_file') or '', (dataset.get('data_prefix') or {}).get('img') or ''),
    )


def _test_dataset(cfg: Config) -> Mapping:
    """The innermost test data set."""
    dataset = cfg.get('test_dataloader', {}).get('dataset', {})
    while 'pipeline' not in dataset and 'dataset' in dataset:
        dataset = dataset['dataset']
    if 'pipeline' not in dataset:
        raise InputError('the config has no test_dataloader with a pipeline: it says how images are resized')
    return dataset


def _metadata(
    model: nn.Module, detector: Detector, resizing: Resizing, *, name: str, source: str
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
