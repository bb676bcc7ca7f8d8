"""Files and folders: written beside their place and moved there when whole; taken for each other."""

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from mmchan.errors import InputError

CHUNK = 1 << 20  # bytes that are read at once

# begins the names of the files that write_durably has not finished; nothing else is called so
UNFINISHED = '.mmchan-unfinished-'
# what file systems say that cannot write a folder to disk by itself
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.ENOSYS}


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

    Raises:
        InputError: Where nothing can be written, and where a folder is in the place of a file.
    """
    path = Path(path)
    with folder_beside(path) as folder:
        unfinished = folder / path.name
        yield unfinished
        try:
            unfinished.replace(path)
        except IsADirectoryError as error:
            raise InputError(f'{path} is a folder; move it away, or name another place') from error


def write_durably(path: Path, content: bytes) -> None:
    """Write a file that is whole or not there, whenever the process is killed or the power fails.

    When this returns, file and name are on the disk: what it replaces may be forgotten. An existing file
    stays as it is until then. Missing parent folders are made. It waits for the disk, hence is not for many
    small files: :func:`replacing` protects them against a killed process alone.

    Args:
        path: The file.
        content: All of it.

    Raises:
        OSError: Where it cannot be written; nothing unfinished is left then, if it can be helped.
    """
    _make_folder(path.parent)
    unfinished = path.parent / f'{UNFINISHED}{secrets.token_hex(8)}'
    try:
        with unfinished.open('xb') as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        with contextlib.suppress(OSError):  # what went wrong first is what is told
            unfinished.unlink(missing_ok=True)
    sync_folder(path.parent)


def _make_folder(folder: Path) -> None:
    """Make a folder and its parents, durably."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can tell.

    Raises:
        OSError: Where the disk fails.
    """
    if os.name == 'nt':  # Windows opens no folders
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(descriptor)


def remove_unfinished(folder: Path) -> None:
    """Delete what killed calls of :func:`write_durably` left in a folder; nothing else, nothing below it."""
    for path in folder.glob(f'{UNFINISHED}*'):
        path.unlink(missing_ok=True)


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
