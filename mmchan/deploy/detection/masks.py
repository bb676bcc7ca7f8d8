"""Masks of boxes as masks of an image. Needs NumPy alone."""

import numpy as np

THRESHOLD = 0.5  # probability from which a pixel belongs to an object: mmdet's mask_thr_binary


def paste_masks(
    masks: np.ndarray, boxes: np.ndarray, *, height: int, width: int, threshold: float = THRESHOLD
) -> np.ndarray:
    """Which pixels of an image belong to each object.

    Args:
        masks: Probabilities (K, h, w) on a grid over each box.
        boxes: (K, 4), (left, top, right, bottom) in pixels of the image.
        height: Of the image in pixels.
        width: Likewise.
        threshold: Least probability of a pixel that belongs to an object.

    Returns:
        Booleans (K, height, width).

    Source: ``mmdet.models.roi_heads.mask_heads.fcn_mask_head._do_paste_mask``: linear between the middles of
        the grid's cells, towards 0 outside. Along rows and columns that is one small matrix each.
    """
    pasted = np.zeros((len(masks), height, width), dtype=bool)
    for mask, (left, top, right, bottom), whole in zip(masks, boxes, pasted, strict=True):
        rows, columns = _pixels(top, bottom, height), _pixels(left, right, width)
        down = _weights(rows, top, bottom, cells=mask.shape[0])
        across = _weights(columns, left, right, cells=mask.shape[1])
        whole[rows, columns] = down @ mask @ across.T >= threshold
    return pasted


def _pixels(start: float, end: float, length: int) -> slice:
    """Those that a box, or half a cell of a mask beside it, can touch."""
    return slice(max(int(np.floor(start)) - 1, 0), max(min(int(np.ceil(end)) + 1, length), 0))


def _weights(pixels: slice, start: float, end: float, *, cells: int) -> np.ndarray:
    """The share (pixels, cells) that every cell of a mask has in a pixel between two edges of a box."""
    middles = np.arange(pixels.start, pixels.stop, dtype=np.float32) + np.float32(0.5)
    # a box without extent has no inside
    side = max(end - start, np.finfo(np.float32).tiny)
    places = (middles - start) / side * cells - np.float32(0.5)
    return np.maximum(0, 1 - np.abs(places[:, None] - np.arange(cells, dtype=np.float32))).astype(np.float32)
