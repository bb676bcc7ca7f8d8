"""The formats of pictures; imports no library that draws, so that commands can ask before they work."""

from pathlib import Path

from mmchan.errors import InputError

FORMATS = ('.png', '.svg', '.pdf')


def check_format(path: Path) -> None:
    """Check that a file's ending is that of a picture.

    Raises:
        InputError: For an ending that is not among FORMATS.
    """
    if path.suffix.lower() not in FORMATS:
        raise InputError(f'the file must end in {", ".join(FORMATS)}, got {str(path)!r}')
