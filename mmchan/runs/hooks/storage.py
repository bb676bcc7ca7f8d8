"""What a disk says that does not take a file, and what to do about it."""

import errno
import shutil
from pathlib import Path

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


def trouble(folder: str | Path, error: OSError | None = None) -> str:
    """A sentence or two: how much room there is, and what to do.

    Args:
        folder: Where something could not be written.
        error: Why; None leaves it open.
    """
    number = None if error is None else error.errno
    free = _free(Path(folder))
    if number in _FULL:
        return f'{free}Make room there.'
    if number in _FORBIDDEN:
        return f'{free}Let this user write to {folder}.'
    return f'{free}See that {folder} can be written and has room.'


def _free(folder: Path) -> str:
    """How much room a folder has, if it can be asked."""
    if '://' in str(folder):
        return ''
    there = next((place for place in (folder, *folder.absolute().parents) if place.is_dir()), None)
    try:
        free = shutil.disk_usage(there).free
    except (OSError, TypeError):
        return ''
    return f'{free / 1e6:,.0f} MB are free there. '
