"""COCO annotation files, read once, with columns as arrays so that a million annotations take seconds."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from mmchan.findings import FAIL, Finding

SHOWN = 5  # ids in a message
MIN_SIDE = 1  # px; mmdet drops smaller boxes
# lists of a file -> what their entries need
_KEYS = {
    'images': ('id', 'file_name', 'height', 'width'),
    'annotations': ('id', 'image_id', 'category_id', 'bbox', 'area'),
    'categories': ('id', 'name'),
}


@dataclass(frozen=True)
class Annotations:
    """The content of a whole COCO annotation file; its columns are arrays with one row per annotation."""

    path: Path
    images: list[dict]
    annotations: list[dict]
    categories: list[dict]

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


def read_annotations(path: Path) -> tuple[Annotations | None, list[Finding]]:
    """Read an annotation file and check its structure.

    Returns:
        The annotations, None where the structure is broken; and what is wrong with the structure.
    """
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        return None, [Finding(FAIL, str(path), f'cannot be read: {error.strerror}')]
    except ValueError as error:
        return None, [
            Finding(FAIL, str(path), f'broken: no valid JSON: {error}', 'write or download it again')
        ]
    faults = [Finding(FAIL, str(path), fault) for fault in _faults(content)]
    return None if faults else Annotations(path, *(content[part] for part in _KEYS)), faults


def _faults(content: object) -> Iterator[str]:
    """What is wrong with the structure of a file's content, the first of each kind."""
    lists = {part: content.get(part) if isinstance(content, dict) else None for part in _KEYS}
    for part, entries in lists.items():
        if not isinstance(entries, list):
            yield f'no COCO annotation file: it has no list {part!r}'
        else:
            yield from _incomplete(part, entries)
            yield from _malformed_box(entries)
    if lists['images'] == []:
        yield '"images" is empty: nothing would be loaded'


def _incomplete(part: str, entries: list) -> Iterator[str]:
    """The first entry that is no mapping or lacks a key that is needed."""
    wanted = set(_KEYS[part])
    for row, entry in enumerate(entries):
        if not isinstance(entry, dict):
            yield f'entry {row} of {part!r} must be a mapping, got {entry!r}'
            return
        if not wanted <= entry.keys():
            missing = next(key for key in _KEYS[part] if key not in entry)
            yield f'entry {row} of {part!r} (id {entry.get("id")}) has no {missing!r}'
            return


def _malformed_box(entries: list) -> Iterator[str]:
    """The first box that is not four numbers."""
    for entry in entries:
        if isinstance(entry, dict) and 'bbox' in entry and not _is_box(entry['bbox']):
            wanted = '"bbox" must be [left, top, width, height]'
            yield f'annotation {entry.get("id")}: {wanted}, got {entry["bbox"]!r}'
            return


def _is_box(box: object) -> bool:
    return isinstance(box, list) and len(box) == 4 and all(isinstance(side, int | float) for side in box)


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
