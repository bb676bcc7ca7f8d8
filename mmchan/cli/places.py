"""Where commands write: asked before any work, so that nothing is lost and no folder appears unasked."""

from collections.abc import Callable, Iterable
from pathlib import Path

import click

from mmchan.drawing.formats import check_format
from mmchan.errors import InputError


class OutFile(click.Path):
    """A file to write; the folder that is to hold it must be there.

    Args:
        check: Raises InputError for an ending that does not say what the file is; None takes any.
    """

    def __init__(self, check: Callable[[Path], None] | None = None) -> None:
        super().__init__(dir_okay=False, path_type=Path)
        self.check = check

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path."""
        path = super().convert(value, param, ctx)
        if self.check:
            self.check(path)
        check_parent(path)
        return path


class OutFolder(click.Path):
    """A folder to write into; it may be new, the one around it must be there, but for the default."""

    def __init__(self) -> None:
        super().__init__(file_okay=False, path_type=Path)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path."""
        path = super().convert(value, param, ctx)
        if param is None or path != param.default:
            check_parent(path)
        return path


def ending(suffix: str) -> Callable[[Path], None]:
    """A check that a file to write has an ending."""

    def check(path: Path) -> None:
        if path.suffix != suffix:
            raise InputError(f'the file must end in {suffix}, got {str(path)!r}')

    return check


def check_parent(path: Path) -> None:
    """Raise InputError unless the folder that is to hold a file or folder is there."""
    if not path.absolute().parent.is_dir():
        raise InputError(f'{path}: there is no folder {str(path.parent)!r}; make it, or name another')


def check_apart(path: Path, inputs: Iterable[str | Path]) -> None:
    """Raise InputError where a file to write is one of those that are read."""
    if path.exists() and any(Path(given).exists() and path.samefile(given) for given in inputs):
        raise InputError(f'{path} is read here, and would be replaced; name another file to write')


def check_outside(folder: Path, data: Iterable[Path]) -> None:
    """Raise InputError where pictures would go among the images of a data set."""
    place, here = folder.resolve(), Path.cwd()
    around = (one for one in data if one.is_dir() and not here.is_relative_to(one.resolve()))
    holds = next((one for one in around if place.is_relative_to(one.resolve())), None)
    if holds:
        raise InputError(f'{folder} is in {holds}, among the data; name another folder')


picture_path = OutFile(check_format)
out_folder = OutFolder()
