"""Images from folders: those that a quantisation is calibrated with, and those whose class is known."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmchan.errors import InputError
from mmchan.prediction.files import SUFFIXES, whole_images


def choose_images(folder: Path, *, number: int, seed: int) -> list[Path]:
    """Images of a folder and the folders in it, chosen at random where there are more than wanted.

    Args:
        folder: Where they are.
        number: How many at most.
        seed: Of the choice.

    Raises:
        InputError: For a folder without images.
    """
    return _choose(_images_below(folder), number, seed)


def labelled_images(
    folder: Path, classes: Sequence[str], *, number: int | None = None, seed: int = 0
) -> list[tuple[Path, int]]:
    """Images of a folder of class folders, each with the label of its class.

    Args:
        folder: Holds one folder per class. They are called as the classes are, or by their labels; else
            there must be one for every class, in alphabetical order as OpenMMLab's CustomDataset counts.
        classes: Names by label; may be empty.
        number: How many at most, chosen at random; None takes all.
        seed: Of the choice.

    Raises:
        InputError: For no class folders, and for folders that are no classes of the network.
    """
    inside = sorted(entry for entry in _folder(folder).iterdir() if entry.is_dir())
    if not inside:
        raise InputError(f'{folder} must hold one folder per class, and holds none')
    labels = _labels([entry.name for entry in inside], classes, folder)
    found = {
        path: label for entry, label in zip(inside, labels, strict=True) for path in _images_below(entry)
    }
    chosen = list(found) if number is None else _choose(list(found), number, seed)
    return [(path, found[path]) for path in chosen]


def _labels(names: Sequence[str], classes: Sequence[str], folder: Path) -> list[int]:
    known = {name: label for label, name in enumerate(classes)}
    if all(name in known for name in names):
        return [known[name] for name in names]
    if all(name.isdecimal() and (not classes or int(name) < len(classes)) for name in names):
        return [int(name) for name in names]
    if not classes or len(names) == len(classes):
        return list(range(len(names)))
    unknown = next(name for name in names if name not in known)
    raise InputError(
        f'{folder / unknown} is called like no class of the network, and there are {len(names)} folders for '
        f'{len(classes)} classes: name the folders as the classes or by their labels'
    )


def _folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise InputError(f'there is no folder {str(folder)!r}')
    return folder


def _images_below(folder: Path) -> list[Path]:
    found = sorted(path for path in _folder(folder).rglob('*') if path.suffix.lower() in SUFFIXES)
    if not found:
        raise InputError(f'there is no image in {str(folder)!r} ({", ".join(SUFFIXES)})')
    return found


def _choose(paths: list[Path], number: int, seed: int) -> list[Path]:
    if len(paths) > number:
        order = np.random.default_rng(seed).permutation(len(paths))[:number]
        paths = [paths[index] for index in sorted(order.tolist())]
    return whole_images(paths)[0]
