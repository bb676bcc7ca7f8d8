"""Batches of random images as each library's data loader gives them."""

import torch
from mmengine.structures import InstanceData, PixelData


def _image(height: int, width: int) -> torch.Tensor:
    return torch.randint(0, 256, (3, height, width), dtype=torch.uint8)


def classification_batch(size: int = 64) -> dict:
    """Two images of mmpretrain with their classes."""
    from mmpretrain.structures import DataSample

    samples = [DataSample().set_gt_label(label) for label in (1, 2)]
    return {'inputs': [_image(size, size) for _ in samples], 'data_samples': samples}


def detection_batch(height: int = 96, width: int = 128) -> dict:
    """One image of mmdet with one box."""
    from mmdet.structures import DetDataSample
    from mmdet.structures.bbox import HorizontalBoxes

    sizes = {'img_shape': (height, width), 'ori_shape': (height, width), 'scale_factor': (1.0, 1.0)}
    boxes = HorizontalBoxes(torch.tensor([[20.0, 20.0, 80.0, 70.0]]))
    sample = DetDataSample(metainfo=sizes)
    sample.gt_instances = InstanceData(bboxes=boxes, labels=torch.tensor([3]))
    return {'inputs': [_image(height, width)], 'data_samples': [sample]}


def segmentation_batch(size: int = 64) -> dict:
    """Two images of mmseg with a class for each pixel."""
    from mmseg.structures import SegDataSample

    samples = []
    for label in (1, 2):
        sample = SegDataSample(metainfo={'img_shape': (size, size), 'ori_shape': (size, size)})
        sample.gt_sem_seg = PixelData(data=torch.full((1, size, size), label))
        samples.append(sample)
    return {'inputs': [_image(size, size) for _ in samples], 'data_samples': samples}
