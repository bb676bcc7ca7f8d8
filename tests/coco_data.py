"""A handful of images of the embedded COCO data set, and ways to break them."""

import json
from pathlib import Path

import pytest

from mmchan.data import digits_coco

MASK_RCNN = 'configs/mask_rcnn/mask-rcnn_rexnet-1.0x_fpn_1xb8_digits-coco.py'
FASTER_RCNN = 'configs/faster_rcnn/faster-rcnn_regnetx-400mf_fpn_1xb8_digits-coco.py'
COUNTS = {'train': 6, 'val': 4}


def write_some(out: Path) -> Path:
    """Write a data set of 6 images to train and 4 to validate."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digits_coco, 'COUNTS', COUNTS)
        digits_coco.write_digits_coco(out)
    return out


def read(folder: Path, split: str) -> dict:
    """The annotation file of a split."""
    return json.loads((folder / 'annotations' / f'{split}.json').read_text())


def change(folder: Path, split: str, **parts: object) -> None:
    """Replace parts of an annotation file."""
    content = {**read(folder, split), **parts}
    (folder / 'annotations' / f'{split}.json').write_text(json.dumps(content))


def truncate(image: Path) -> None:
    """Cut a file in the middle."""
    content = image.read_bytes()
    image.write_bytes(content[: len(content) // 2])
