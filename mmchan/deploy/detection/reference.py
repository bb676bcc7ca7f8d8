"""mmdet's own way from an image to detections, to compare an exported one with."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from mmchan.deploy.detection.detections import Detections
from mmchan.deploy.detection.preprocessing import FromPixels


def predict_input(model: nn.Module, module: nn.Module, images: np.ndarray) -> Detections:
    """What mmdet finds in the input of an exported detector.

    Args:
        model: mmdet's.
        module: The one that was exported: its preprocessing, where it has one, is run by PyTorch.
        images: (1, 3, H, W) of float32, or (1, H, W, 3) of uint8.
    """
    with torch.inference_mode():
        image, size, factors = torch.from_numpy(images), images.shape[2:], (1.0, 1.0)
        if isinstance(module, FromPixels):
            image, back = module.preprocessing(image)
            size, factors = images.shape[1:3], tuple((1 / back[:2]).tolist())
        shape = tuple(image.shape[2:])
        divisor, value = model.data_preprocessor.pad_size_divisor, model.data_preprocessor.pad_value
        margins = (0, -shape[1] % divisor, 0, -shape[0] % divisor)
        padded = functional.pad(image, margins, value=float(value))
        return _found(model, padded, {'img_shape': shape, 'ori_shape': size, 'scale_factor': factors})


def _found(model: nn.Module, image: torch.Tensor, meta: Mapping) -> Detections:
    from mmdet.structures import DetDataSample

    sample = DetDataSample(metainfo=dict(meta))
    return _as_detections(model.predict(image, [sample], rescale=True)[0].pred_instances)


def predict_pixels(model: nn.Module, pipeline: Sequence[Mapping], pixels: np.ndarray) -> Detections:
    """What mmdet finds in an image through the test pipeline.

    Args:
        model: mmdet's.
        pipeline: Configs of the test pipeline's transforms.
        pixels: (H, W, 3) of uint8 in RGB.
    """
    from mmcv.transforms import Compose
    from mmengine.registry import DefaultScope

    steps = [dict(step) for step in pipeline if 'LoadAnnotations' not in step['type']]
    steps[0] = {'type': 'mmdet.LoadImageFromNDArray'}
    with DefaultScope.overwrite_default_scope('mmdet'):
        prepare = Compose(steps)
    data = prepare({'img': np.ascontiguousarray(pixels[..., ::-1]), 'img_id': 0})
    batch = {'inputs': [data['inputs']], 'data_samples': [data['data_samples']]}
    with torch.inference_mode():
        return _as_detections(model.test_step(batch)[0].pred_instances)


def _as_detections(found) -> Detections:
    masks = found.masks.numpy().astype(bool) if 'masks' in found else None
    return Detections(found.bboxes.numpy(), found.scores.numpy(), found.labels.numpy(), masks)
