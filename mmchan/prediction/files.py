"""Which files are images, and writing what a model says about them."""

import glob
import itertools
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmchan.data.loading import image_problem
from mmchan.errors import InputError
from mmchan.files import replacing

SUFFIXES = ('.bmp', '.jpeg', '.jpg', '.pgm', '.png', '.ppm', '.tif', '.tiff', '.webp')
RESULTS = 'predictions.json'
SOFTWARE = 'mmchan'  # stands in the drawings, which tells them from other pictures


@dataclass(frozen=True)
class Result:
    """What a model says about an image: plain values for JSON, and a drawing (H, W, 3), RGB."""

    said: dict
    drawing: np.ndarray


def find_images(patterns: Sequence[str]) -> list[Path]:
    """The images that files, folders (without their subfolders) and glob patterns name, each once.

    Raises:
        InputError: For a name that leads to no image.
    """
    found = [path for pattern in patterns for path in _matches(pattern)]
    return list(dict.fromkeys(found))


def _matches(pattern: str) -> list[Path]:
    path = Path(pattern).expanduser()
    if path.is_file():
        return [path]
    if path.is_dir():
        return _images_in(path)
    # a pattern may be absolute, which Path.glob refuses
    matches = sorted(Path(match) for match in glob.glob(str(path), recursive=True))  # noqa: PTH207
    images = [match for match in matches if match.is_file()]
    if images:
        return images
    problem = 'no file matches' if glob.has_magic(pattern) else 'there is no image'
    raise InputError(f'{problem} {pattern!r}')


def _images_in(folder: Path) -> list[Path]:
    images = sorted(entry for entry in folder.iterdir() if entry.suffix.lower() in SUFFIXES)
    if not images:
        raise InputError(f'the folder {str(folder)!r} holds no image ({", ".join(SUFFIXES)})')
    return images


def whole_images(paths: Sequence[Path]) -> tuple[list[Path], list[tuple[Path, str]]]:
    """Part files into images and what is none; asked before weights are loaded.

    Returns:
        The images, and path and reason of every file that is no whole image.

    Raises:
        InputError: When not one of them is an image.
    """
    broken = [(path, why) for path, why in ((path, image_problem(path)) for path in paths) if why]
    if len(broken) == len(paths):
        reasons = '\n'.join(f'{path}: {why}' for path, why in broken)
        raise InputError(f'nothing can be predicted\n{reasons}')
    left_out = {path for path, _ in broken}
    return [path for path in paths if path not in left_out], broken


def check_apart(images: Iterable[Path], out: Path) -> None:
    """Check that drawings do not go where the images are: one would replace an image of its name.

    Raises:
        InputError: Where they do, and where a drawing would replace a picture that is no earlier one.
    """
    images, folder = list(images), out.resolve()
    beside = next((image for image in images if image.resolve().parent == folder), None)
    if beside is not None:
        raise InputError(
            f'{str(out)!r} is the folder of {beside.name}: drawings could replace the images in it. '
            'Name another folder, such as predictions'
        )
    names = _free_names()
    there = [out / name for name in map(names, images) if (out / name).exists()]
    foreign = next((path for path in there if not _is_drawing(path)), None)
    if foreign:
        raise InputError(
            f'{foreign} is a picture that was not drawn here, and would be replaced. Name another folder'
        )


def _is_drawing(path: Path) -> bool:
    """Whether a file is a picture that :func:`predict_files` wrote."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            return image.info.get('Software') == SOFTWARE
    except (OSError, UnidentifiedImageError):
        return False


def predict_files(images: Iterable[Path], predictor: Callable[[Path], Result], out: Path) -> list[dict]:
    """Predict for every image; write the drawings and one JSON file.

    Args:
        images: Files that are images, see :func:`whole_images`.
        predictor: Says and draws what is in one file.
        out: Folder for the drawings and predictions.json.

    Returns:
        What was said about each image.

    Raises:
        InputError: For images in the folder that the drawings go to.
    """
    said = []
    names = _free_names()
    for image in images:
        check_apart([image], out)
        result = predictor(image)
        drawing = out / names(image)
        _write_image(result.drawing, drawing)
        said.append({**result.said, 'drawing': drawing.name})
    with replacing(out / RESULTS) as unfinished:
        unfinished.write_text(json.dumps(said, indent=1), encoding='utf-8')
    return said


def _free_names() -> Callable[[Path], str]:
    """Names for drawings: images of the same name in different folders get a number."""
    used: set[str] = set()

    def name(image: Path) -> str:
        numbers = itertools.count(2)
        free = f'{image.stem}.png'
        while free in used:
            free = f'{image.stem}-{next(numbers)}.png'
        used.add(free)
        return free

    return name


def _write_image(pixels: np.ndarray, path: Path) -> None:
    from PIL import Image, PngImagePlugin

    noted = PngImagePlugin.PngInfo()
    noted.add_text('Software', SOFTWARE)
    with replacing(path) as unfinished:
        Image.fromarray(pixels).save(unfinished, pnginfo=noted)
