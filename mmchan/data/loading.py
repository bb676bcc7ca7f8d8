"""Loading that survives broken files: they are left out, written down and reported."""

import json
import logging
import os
from collections.abc import Sequence
from io import FileIO
from pathlib import Path

from mmcv.transforms import BaseTransform
from mmengine.dataset import Compose
from mmengine.logging import print_log

from mmchan.data.seeding import place_in_training
from mmchan.registry import TRANSFORMS

JPEG_START, JPEG_SCAN, JPEG_END = b'\xff\xd8', b'\xff\xda', b'\xff\xd9'
PNG_START, PNG_END = b'\x89PNG', b'IEND'
_TAIL = 64  # bytes


@TRANSFORMS.register_module()
class SkipBroken(BaseTransform):
    """Run loading transforms; where they fail, let the data set take another image.

    MMEngine's data sets draw another index when a pipeline gives None in training. What failed, and
    why, is appended to a file, because a worker process has no other way to tell the main process.
    :class:`mmchan.runs.hooks.broken_images.BrokenImagesHook` reads it.

    Args:
        transforms: Configs of the transforms that load the image and its annotations.
        report: File to append to, one line of JSON per failure; None only logs a warning.
    """

    def __init__(self, transforms: Sequence[dict], report: str | None = None) -> None:
        self.transforms = Compose(transforms)
        self.report = report

    def transform(self, results: dict) -> dict | None:
        """Load what ``results['img_path']`` and ``results['instances']`` name; None where that fails."""
        path = str(results.get('img_path'))
        try:
            loaded = self.transforms(results)
        except Exception as error:  # noqa: BLE001 (decoders raise whatever they like)
            reason = image_problem(path) or annotation_problem(results) or f'{type(error).__name__}: {error}'
        else:
            # mmdet reshapes a mask of the wrong size silently where the number of pixels is right
            reason = loaded is not None and (truncation(path) or annotation_problem(loaded))
            if not reason:
                return loaded
        self._tell(path, reason)
        return None

    def _tell(self, path: str, reason: str) -> None:
        if self.report is None:
            print_log(f'skipped {path}: {reason}', logger='current', level=logging.WARNING)
            return
        report = Path(self.report)
        report.parent.mkdir(parents=True, exist_ok=True)
        # the place tells a sample that is loaded again, after a resume, from another one
        line = json.dumps({'image': path, 'reason': reason, 'sample': place_in_training()})
        with report.open('a', encoding='utf-8') as lines:
            lines.write(line + '\n')  # one write of one line: several workers append to the same file

    def __repr__(self) -> str:
        return f'{type(self).__name__}(transforms={self.transforms}, report={self.report!r})'


def image_problem(path: str | Path) -> str:
    """Why a local file cannot be read as an image; empty where it can."""
    import cv2
    import numpy as np

    path = Path(path)
    if not path.is_file():
        return 'the file does not exist'
    content = path.read_bytes()
    if not content:
        return 'the file is empty'
    cut = truncation(path)
    if not cut and cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) is None:
        return 'the file is no image that OpenCV can decode'
    return cut


def truncation(path: str | Path) -> str:
    """What shows that a local JPEG or PNG file ends too early; empty where nothing does.

    Some versions of OpenCV fill the rest of such an image with grey and say nothing.
    """
    path = Path(path)
    if not path.is_file():  # on remote storage: nothing is known
        return ''
    with path.open('rb', buffering=0) as file:
        start = file.read(4)
        if not start.startswith((JPEG_START, PNG_START)) or _ends_whole(file, start):
            return ''
        file.seek(0)
        content = file.read()
    # a thumbnail has an end of its own, before the image's scan; a scan cannot contain the end's bytes
    if start.startswith(JPEG_START) and content.rfind(JPEG_END) > content.rfind(JPEG_SCAN):
        return ''
    return f'the file is truncated: it ends after {len(content)} bytes in the middle'


def _ends_whole(file: FileIO, start: bytes) -> bool:
    """Whether a file's last bytes are an image's end, so that nothing else has to be read."""
    file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
    tail = file.read()
    return tail.endswith(JPEG_END) if start.startswith(JPEG_START) else PNG_END in tail


def annotation_problem(results: dict) -> str:
    """Which annotation does not fit the image that a pipeline has loaded; empty where all do."""
    shape = results.get('ori_shape')
    stated = (results.get('height'), results.get('width'))
    if shape is None or None in stated:
        return ''
    if tuple(shape) != stated:
        return f'{_size(shape)} px, but the annotations say {_size(stated)}'
    for number, instance in enumerate(results.get('instances', [])):
        mask = instance.get('mask')
        if isinstance(mask, dict) and tuple(mask.get('size', ())) != tuple(shape):
            return f'mask {number} is for {_size(mask.get("size", ()))} px, the image has {_size(shape)}'
    return ''


def _size(shape: Sequence[int]) -> str:
    """Width x height of a shape (H, W)."""
    return 'x'.join(str(length) for length in reversed(tuple(shape)))
