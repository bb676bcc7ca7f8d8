"""Every stage of a detector that can be traced beside mmdet's own, in PyTorch."""

import numpy as np
import pytest
import torch

from mmchan.deploy.detection.boxes import Suppression, best_apart, decode, limits_of
from mmchan.deploy.detection.reference import predict_input
from mmchan.errors import InputError
from tests.deploy.detection import tiny


@pytest.fixture(scope='module')
def mask_rcnn():
    return tiny.build('mask', preprocessing=False)


@pytest.fixture(scope='module')
def image():
    return torch.randn(1, 3, 61, 90, generator=torch.Generator().manual_seed(0))


def meta(image):
    return {'img_shape': tuple(image.shape[2:]), 'ori_shape': tuple(image.shape[2:]), 'scale_factor': (1, 1)}


def test_decoded_boxes_are_those_of_mmdet():
    from mmdet.models.task_modules.coders import DeltaXYWHBBoxCoder

    generator = torch.Generator().manual_seed(0)
    corners = torch.rand(50, 2, generator=generator) * 60
    priors = torch.cat([corners, corners + torch.rand(50, 2, generator=generator) * 40], dim=1)
    deltas = torch.randn(50, 4, generator=generator) * 6
    for border in (True, False):
        coder = DeltaXYWHBBoxCoder((0.1, 0, 0, 0.2), (0.1, 0.2, 1, 1), clip_border=border)
        expected = coder.decode(priors, deltas, max_shape=(61, 90))
        found = decode(coder, priors, deltas, limits_of(torch.zeros(1, 3, 61, 90)))
        torch.testing.assert_close(found, expected)


@pytest.mark.parametrize('agnostic', [False, True])
def test_suppression_is_that_of_mmcv(agnostic):
    from mmcv.ops import batched_nms

    generator = torch.Generator().manual_seed(0)
    corners = torch.rand(200, 2, generator=generator) * 30
    boxes = torch.cat([corners, corners + 5 + torch.rand(200, 2, generator=generator) * 20], dim=1)
    scores, groups = torch.rand(200, generator=generator), torch.arange(200) % 3
    settings = {'type': 'nms', 'iou_threshold': 0.4, 'class_agnostic': agnostic}
    expected = batched_nms(boxes, scores, groups, settings)[1][:30]
    found = best_apart(boxes, scores, groups, Suppression.from_config(settings), most=30)
    assert found.tolist() == expected.tolist()


def test_suppression_of_nothing_is_nothing():
    none = torch.zeros(0)
    found = best_apart(none.reshape(0, 4), none, none.long(), Suppression(0.5, False), most=10)
    assert found.shape == (0,)


def test_soft_suppression_is_refused():
    with pytest.raises(InputError, match="'nms': no other kind can be exported, got 'soft_nms'"):
        Suppression.from_config({'type': 'soft_nms', 'iou_threshold': 0.5})


def test_proposals_are_those_of_mmdet(mask_rcnn, image):
    features = mask_rcnn.module.pyramid(image)
    head = mask_rcnn.model.rpn_head
    expected = head.predict_by_feat(*head(features), batch_img_metas=[meta(image)], cfg=head.test_cfg)[0]
    found = mask_rcnn.module.proposals(features, limits_of(image))
    torch.testing.assert_close(found.boxes, expected.bboxes)
    torch.testing.assert_close(found.scores, expected.scores)


def test_features_of_regions_are_those_of_mmdet(mask_rcnn, image):
    features = mask_rcnn.module.pyramid(image)
    generator = torch.Generator().manual_seed(0)
    corners = torch.rand(30, 2, generator=generator) * 40
    # sides from 2 to 500 px: every level of the pyramid gets some
    boxes = torch.cat([corners, corners + torch.logspace(0.3, 2.7, 30)[:, None]], dim=1)
    expected = mask_rcnn.model.roi_head.bbox_roi_extractor(
        features[:4], torch.cat([torch.zeros(30, 1), boxes], dim=1)
    )
    extract = mask_rcnn.module.regions.features[0]
    torch.testing.assert_close(extract(features, boxes), expected)
    assert set(extract.levels_of(boxes).tolist()) == {0, 1, 2, 3}


@pytest.mark.parametrize('kind', ['faster', 'mask', 'cascade', 'retina', 'ssd'])
def test_detections_are_those_of_mmdet(kind, image):
    loaded = tiny.build(kind, preprocessing=False)
    expected = predict_input(loaded.model, loaded.module, image.numpy())
    with torch.no_grad():
        boxes, scores, labels, *_ = loaded.module(image)
    assert len(scores) >= 10
    np.testing.assert_allclose(boxes.numpy(), expected.boxes, atol=1e-3)
    np.testing.assert_allclose(scores.numpy(), expected.scores, atol=1e-5)
    assert labels.tolist() == expected.labels.tolist()
    assert len(set(labels.tolist())) > 1
