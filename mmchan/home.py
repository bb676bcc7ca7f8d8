"""Where configs/ and tools/ lie: in the clone, or inside the installed package."""

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
