import numpy as np
import torch
from mmdet.models.roi_heads.mask_heads.fcn_mask_head import _do_paste_mask

from mmchan.deploy.detection.masks import paste_masks


def test_pasted_masks_are_those_of_mmdet():
    rng = np.random.default_rng(0)
    masks = rng.random((40, 28, 28), dtype=np.float32)
    starts = rng.uniform(-20, 70, (40, 2))
    boxes = np.concatenate([starts, starts + rng.uniform(0.5, 90, (40, 2))], axis=1).astype(np.float32)
    expected, _ = _do_paste_mask(
        torch.from_numpy(masks)[:, None], torch.from_numpy(boxes), 61, 90, skip_empty=False
    )
    found = paste_masks(masks, boxes, height=61, width=90)
    # where a probability is 0.5 up to rounding, either is right
    sure = np.abs(expected.numpy() - 0.5) > 1e-4
    assert (found == (expected.numpy() >= 0.5))[sure].all()
    assert 0.05 < found.mean() < 0.5


def test_a_box_outside_the_image_or_without_extent_has_no_pixels():
    masks = np.ones((2, 4, 4), dtype=np.float32)
    boxes = np.array([[200, 10, 220, 30], [5, 5, 5, 5]], dtype=np.float32)
    assert paste_masks(masks, boxes, height=50, width=60).sum() == 0


def test_a_full_mask_fills_its_box():
    found = paste_masks(np.ones((1, 28, 28)), np.array([[10, 20, 30, 50]]), height=60, width=40)[0]
    assert found[20:50, 10:30].all()
    assert found.sum() == 30 * 20
