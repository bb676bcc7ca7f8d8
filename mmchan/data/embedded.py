"""The data sets that we write ourselves, without a download: which they are, and writing them unasked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from mmchan.data import digits, digits_coco
from mmchan.errors import InputError
from mmchan.findings import FAIL, OK, Finding
from mmchan.progress import track


@dataclass(frozen=True)
class Embedded:
    """A data set that we write ourselves.

    Attributes:
        name: Of ``mmchan data NAME``, and of its folder.
        what: What it holds.
        kind: The class that reads it.
        parts: Files and folders below its own that configs name.
        write: Writes a folder.
    """

    name: str
    what: str
    kind: str
    parts: frozenset[str]
    write: Callable[[Path], object]


def _write_digits_coco(root: Path) -> None:
    digits_coco.write_digits_coco(root, progress=lambda images: track(images, f'writing {root}'))


EMBEDDED = (
    Embedded(
        'digits',
        "scikit-learn's handwritten digits",
        'CustomDataset',
        frozenset({'train', 'val'}),
        digits.write_digits,
    ),
    Embedded(
        'digits-coco',
        "handwritten digits on photographs, in COCO's format",
        'CocoDataset',
        frozenset({'train', 'val', 'annotations/train.json', 'annotations/val.json'}),
        _write_digits_coco,
    ),
)


def find_embedded(root: Path, kind: str, paths: Iterable[Path]) -> Embedded | None:
    """The embedded data set that a config reads; None for a folder that only bears its name.

    Args:
        root: The data set's folder.
        kind: Name of the class that reads it.
        paths: Everything that it reads: the folder, and what is below.
    """
    below = {path.relative_to(root).as_posix() if path.is_relative_to(root) else '..' for path in paths}
    return next(
        (
            known
            for known in EMBEDDED
            if (known.name, known.kind) == (root.name, kind) and below - {'.'} <= known.parts
        ),
        None,
    )


def write_absent(data: Embedded, root: Path) -> Finding | None:
    """Write an embedded data set where nothing is; everything that is there is left alone.

    Processes of one run may all do so: one of them writes, and each gets the same answer.

    Returns:
        That it was written, or why not; None where something is there already.
    """
    if not digits.is_free(root):
        return None
    try:
        data.write(root)
    except InputError as error:
        return Finding(FAIL, data.what, str(error))
    except ModuleNotFoundError as error:
        return Finding(FAIL, data.what, str(error), 'mmchan doctor says how to install what is missing')
    return Finding(OK, str(root), f'nothing was there: {data.what} written')
