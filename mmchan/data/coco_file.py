"""COCO annotation files, read once, with columns as arrays so that a million annotations take seconds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from mmchan.errors import InputError

SHOWN = 5  # ids in a message
MIN_SIDE = 1  # px; mmdet drops smaller boxes


@dataclass(frozen=True)
class Annotations:
    """A COCO annotation file, read once; its columns are arrays with one row per annotation."""

    path: Path
    images: list[dict]
    annotations: list[dict]
    categories: list[dict]

    @classmethod
    def read(cls, path: Path) -> 'Annotations':
        """Read and check the structure.

        Raises:
            InputError: For broken JSON, missing parts, no images, entries without the needed keys.
        """
        try:
            content = json.loads(path.read_bytes())
        except ValueError as error:
            raise InputError(
                f'{path} is broken: no valid JSON: {error}; write or download it again'
            ) from error
        parts = ('images', 'annotations', 'categories')
        lists = [content.get(part) if isinstance(content, dict) else None for part in parts]
        for part, entries in zip(parts, lists, strict=True):
            if not isinstance(entries, list):
                raise InputError(f'{path} is no COCO annotation file: it has no list {part!r}')
        if not lists[0]:
            raise InputError(f'{path}: "images" is empty: nothing would be loaded')
        _require_keys(path, 'images', lists[0], ('id', 'file_name', 'height', 'width'))
        _require_keys(path, 'annotations', lists[1], ('id', 'image_id', 'category_id', 'bbox', 'area'))
        return cls(path, *lists)

    @cached_property
    def ids(self) -> np.ndarray:
        """Annotation ids (N,)."""
        return np.array([entry['id'] for entry in self.annotations])

    @cached_property
    def image_rows(self) -> np.ndarray:
        """Index into ``images`` of every annotation (N,), -1 for an image that does not exist."""
        return _rows(self.annotations, 'image_id', self.images)

    @cached_property
    def sizes(self) -> np.ndarray:
        """Height and width (N, 2) of every annotation's image, in px."""
        sizes = np.array([(image['height'], image['width']) for image in self.images])
        return sizes[self.image_rows]

    @cached_property
    def boxes(self) -> np.ndarray:
        """Left, top, width, height (N, 4), in px."""
        boxes = [entry['bbox'] for entry in self.annotations]
        wrong = next((row for row, box in enumerate(boxes) if len(box) != 4), None)
        if wrong is not None:
            message = (
                f'{self.path}: annotation {self.ids[wrong]}: "bbox" must be [left, top, width, height], got'
            )
            raise InputError(f'{message} {boxes[wrong]!r}')
        return np.array(boxes, dtype=np.float64).reshape(-1, 4)

    @cached_property
    def outside(self) -> np.ndarray:
        """Which boxes (N,) have no part within their image."""
        left, top, width, height = self.boxes.T
        rows, columns = self.sizes.T
        return (left >= columns) | (top >= rows) | (left + width <= 0) | (top + height <= 0)

    @cached_property
    def tiny(self) -> np.ndarray:
        """Which annotations (N,) have a side below a pixel or no area."""
        area = np.array([entry['area'] for entry in self.annotations], dtype=np.float64)
        return (self.boxes[:, 2:] < MIN_SIDE).any(axis=1) | (area <= 0)

    @cached_property
    def crowds(self) -> np.ndarray:
        """Which annotations (N,) are marked as crowds or to be ignored; nothing is learned from them."""
        return np.array(
            [bool(entry.get('iscrowd') or entry.get('ignore')) for entry in self.annotations], bool
        )

    @cached_property
    def forms(self) -> np.ndarray:
        """Form of every mask (N,): 'polygon', 'RLE', 'none' or 'invalid'."""
        return np.array([_form(entry.get('segmentation')) for entry in self.annotations], dtype='U8')

    @cached_property
    def wrong_size(self) -> np.ndarray:
        """Which masks (N,) are RLE for another size than their image's."""
        rle = np.flatnonzero(self.forms == 'RLE')
        stated = np.array([self.annotations[row]['segmentation']['size'] for row in rle]).reshape(-1, 2)
        wrong = np.zeros(len(self.annotations), dtype=bool)
        wrong[rle] = (stated != self.sizes[rle]).any(axis=1)
        return wrong

    def of_classes(self, classes: Sequence[str]) -> np.ndarray:
        """Which annotations (N,) are of categories with these names."""
        wanted = [category['id'] for category in self.categories if category['name'] in classes]
        return np.isin(np.array([entry['category_id'] for entry in self.annotations]), wanted)

    def name(self, rows: np.ndarray) -> str:
        """The ids of the annotations at a mask's True positions, at most a handful."""
        ids = self.ids[rows]
        more = f' and {len(ids) - SHOWN} more' if len(ids) > SHOWN else ''
        return f'annotation{"s" if len(ids) > 1 else ""} {", ".join(map(str, ids[:SHOWN]))}{more}'


def _require_keys(path: Path, part: str, entries: list[dict], keys: Sequence[str]) -> None:
    wanted = set(keys)
    for row, entry in enumerate(entries):
        if not wanted <= entry.keys():
            missing = next(key for key in keys if key not in entry)
            raise InputError(f'{path}: entry {row} of {part!r} (id {entry.get("id")}) has no {missing!r}')


def _rows(entries: list[dict], key: str, table: list[dict]) -> np.ndarray:
    """Row in a table with ids for every entry; -1 where there is none."""
    rows = {row['id']: number for number, row in enumerate(table)}
    return np.array([rows.get(entry[key], -1) for entry in entries], dtype=np.int64)


def _form(mask: object) -> str:
    if not mask:
        return 'none'
    if isinstance(mask, list):
        valid = any(len(polygon) >= 6 and len(polygon) % 2 == 0 for polygon in mask)
        return 'polygon' if valid else 'invalid'
    valid = (
        isinstance(mask, dict)
        and isinstance(mask.get('counts'), str | list)
        and len(mask.get('size', ())) == 2
    )
    return 'RLE' if valid else 'invalid'
