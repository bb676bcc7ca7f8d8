"""scikit-learn's handwritten digits as a folder of images, so that a network trains without a download.

1,797 real 8x8 images: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI (1998).
Needs scikit-learn and Pillow, nothing of OpenMMLab.
"""

import shutil
from collections.abc import Callable, Iterator, Set
from pathlib import Path

import numpy as np

from mmchan.errors import InputError
from mmchan.files import replacing

MAX_VALUE = 16  # of a pixel in scikit-learn's copy
VAL_SHARE = 0.2
SPLIT_SEED = 0


def write_digits(out: str | Path, *, force: bool = False) -> bool:
    """Write the digits as ``out/{train,val}/<class>/<index>.png``.

    The files are written beside ``out`` and renamed at the end: whatever stands under ``out`` is whole.

    Args:
        out: The folder to write. One that already holds the digits is left alone.
        force: Replace a folder that holds something else.

    Returns:
        Whether anything was written.

    Raises:
        InputError: When ``out`` holds something else and ``force`` is off.
    """
    wanted = dict(digit_files())
    return write_folder(Path(out), set(wanted), lambda new: _write_images(new, wanted), force=force)


def write_folder(
    out: Path, names: Set[str], write: Callable[[Path], None], *, force: bool, what: str = 'the digits'
) -> bool:
    """Write a data set's folder beside ``out`` and move it there, unless ``out`` is already that.

    Several processes may write the same folder at once: the first one's stays, and nobody sees half of it.

    Args:
        out: The folder to write.
        names: Paths below it of all files that it is to hold.
        write: Writes them into the folder that it is given.
        force: Replace a folder that holds something else.
        what: The data set's name, for messages.

    Returns:
        Whether this call wrote it.

    Raises:
        InputError: When ``out`` holds something else and ``force`` is off.
    """
    # asked in this order, because another process may finish in between
    if not force and not is_free(out):
        if is_complete(out, names):
            return False
        raise InputError(f'{out} exists and does not hold exactly {what}; --force replaces it')
    try:
        with replacing(out) as new:
            write(new)
            if force:
                _remove(out)
    except OSError:
        if not is_complete(out, names):
            raise
        return False  # another process was faster, with the same files
    return True


def digit_files() -> Iterator[tuple[str, np.ndarray]]:
    """Path below the folder -> image (8, 8), uint8; a fifth of every class is for validation."""
    pixels, labels, held_out = load_split()
    for index, label in enumerate(labels):
        split = 'val' if held_out[index] else 'train'
        yield f'{split}/{label}/{index:04d}.png', pixels[index]


def load_split() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images (N, 8, 8) uint8, their classes (N,) and which of them (N,) are for validation."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, labels = load_digits(return_X_y=True)
    pixels = np.rint(images.reshape(-1, 8, 8) * 255 / MAX_VALUE).astype(np.uint8)
    indices = np.arange(len(labels))
    _, val = train_test_split(indices, test_size=VAL_SHARE, random_state=SPLIT_SEED, stratify=labels)
    return pixels, labels, np.isin(indices, val)


def is_free(folder: Path) -> bool:
    """Whether nothing stands in the place of a folder, or an empty one does."""
    return not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))


def is_complete(folder: Path, names: Set[str]) -> bool:
    """Whether a folder holds exactly the files of these names, none of them empty."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob('*') if not path.is_dir()}
    return found.keys() == names and all(path.stat().st_size for path in found.values())


def _remove(out: Path) -> None:
    if out.is_dir():
        shutil.rmtree(out)
    else:
        out.unlink(missing_ok=True)


def _write_images(folder: Path, files: dict[str, np.ndarray]) -> None:
    from PIL import Image

    for name, pixels in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
