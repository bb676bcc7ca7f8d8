"""Where configs/ and tools/ lie: in the clone, or inside the installed package."""

import os
from pathlib import Path

from mmchan.errors import InputError

_PACKAGE = Path(__file__).resolve().parent


def home() -> Path:
    """The folder with ``configs`` and ``tools``.

    Raises:
        InputError: When the package was installed without them.
    """
    for folder in (_PACKAGE.parent, _PACKAGE / '.mim'):
        if (folder / 'configs').is_dir() and (folder / 'tools' / 'train.py').is_file():
            return folder
    raise InputError(f'no configs and tools beside or inside {_PACKAGE}; install mmchan again')


def cache_folder() -> Path:
    """Where a user's programs keep what they can compute again: below $XDG_CACHE_HOME, else ~/.cache."""
    return Path(os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache', 'mmchan')


def installing(extra: str) -> str:
    """The command that installs an extra: from the clone where there is one, else by the package's name."""
    clone = _PACKAGE.parent
    if not (clone / 'pyproject.toml').is_file():
        return f"pip install 'mmchan[{extra}]'"
    return f"pip install '{'.' if clone == Path.cwd() else clone}[{extra}]'"
