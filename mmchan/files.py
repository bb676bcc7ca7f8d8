"""Files and folders: written beside their place and moved there when whole; taken for each other."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from mmchan.errors import InputError

CHUNK = 1 << 20  # bytes that are read at once


@contextmanager
def folder_beside(path: Path) -> Iterator[Path]:
    """Give a temporary folder beside ``path`` and delete it afterwards. Missing parent folders are made.

    Raises:
        InputError: Where nothing can be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f'.{path.name}-', dir=path.parent))
    except OSError as error:
        reason = f'{error.strerror} ({error.filename})'
        raise InputError(f'{path} cannot be written: {reason}; name another place') from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path``; move it there if the body succeeds, else delete it.

    The body may write a file or make a folder. An existing file is replaced at once; an existing
    folder must be gone by then. Missing parent folders are made.
    """
    path = Path(path)
    with folder_beside(path) as folder:
        unfinished = folder / path.name
        yield unfinished
        unfinished.replace(path)


def refuse_folder(path: Path) -> None:
    """Raise InputError where a folder stands in the place of a checkpoint; name the checkpoints in it."""
    if path.is_dir():
        held = ', '.join(sorted(file.name for file in path.glob('*.pth'))) or 'no .pth file'
        raise InputError(f'{str(path)!r} is a folder; name the checkpoint in it (it holds {held})')


def sha256(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open('rb') as file:
        for piece in iter(partial(file.read, CHUNK), b''):
            digest.update(piece)
    return digest.hexdigest()
