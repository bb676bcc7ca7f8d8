"""Is a checkpoint's file what was written? Found out before anything of it is unpickled."""

import logging
import os
from pathlib import Path
from typing import BinaryIO

from mmengine.logging import print_log

from mmchan.errors import InputError
from mmchan.files import sha256
from mmchan.weights.archives import DamagedError, check_archive
from mmchan.weights.digests import check_digest
from mmchan.weights.downloads import known_hash

REMEDY = 'Fetch or save it again, or go on from an older checkpoint'
# torch writes zip archives, older versions of it plain pickles
_ARCHIVE, _PICKLE = b'PK\x03\x04', b'\x80'
_END, _END_SIZE = b'PK\x05\x06', 22  # of an archive


def verify(path: Path, *, compared: bool = False) -> None:
    """Compare a checkpoint's file with all that tells what it should be.

    Archives of torch.save (.pth, .pyth) have a checksum of every entry, and leave no choice in the bytes
    around them. Files of ours (.safetensors) carry a digest. Both are held to the hash in their names
    (``name-0123abcd.pth``) or of their download, as are files that have neither: torch's old format, and
    .safetensors of others, of which else only the structure is checked.

    Args:
        path: The file.
        compared: The hash is compared already, as :func:`mmchan.weights.downloads.download` does.

    Raises:
        InputError: For a file that is cut off or damaged, is no checkpoint, or not the one that its name
            stands for.
    """
    known, noted = ('', False) if compared else known_hash(path)
    try:
        with path.open('rb') as file:
            found = _check_safetensors(path, file) if path.suffix == '.safetensors' else _check(path, file)
        digest = sha256(path)[: len(known)] if known else ''
    except DamagedError as error:
        raise InputError(f'{path} is cut off or damaged: {error}. {REMEDY}') from error
    except OSError as error:
        raise InputError(f'{path} cannot be read: {error.strerror or error}. {REMEDY}') from error
    if digest != known:
        _tell_other_file(path, digest, known, proven=bool(found) and not noted)
    if found is False and not known:
        _warn(
            f'{path} was saved without checksums (torch.serialization.set_crc32_options): nothing tells '
            'whether it is damaged'
        )


def _warn(message: str) -> None:
    print_log(message, logger='current', level=logging.WARNING)


def _check(path: Path, file: BinaryIO) -> bool | None:
    """Check what torch.save wrote; False without checksums that could be there, else None or True."""
    start, size = file.read(len(_ARCHIVE)), file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_SIZE))
    # the beginning may be what is damaged
    if start == _ARCHIVE or file.read(len(_END)) == _END:
        return check_archive(file)
    if not start.startswith(_PICKLE):
        state = 'neither a zip archive nor a pickle' if size else 'empty'
        raise InputError(f'{path} is no checkpoint: it is {state}. {REMEDY}')
    return None


def _check_safetensors(path: Path, file: BinaryIO) -> bool | None:
    """Check the digest of a file of ours, the structure of others'; None for those."""
    from safetensors import SafetensorError, safe_open

    if not check_digest(file):
        try:
            with safe_open(path, 'pt'):
                pass
        except SafetensorError as error:
            raise InputError(f'{path} is no safetensors file, or is cut off: {error}. {REMEDY}') from error
        return None
    return True


def _tell_other_file(path: Path, digest: str, known: str, *, proven: bool) -> None:
    """Refuse a file whose hash is not the known one; warn where its own checksums prove it whole.

    MMEngine's CheckpointHook names what it publishes by the hash of something that is not the file.
    """
    differs = f'its SHA-256 begins with {digest[:8]}, not {known[:8]}'
    if proven or (known.isdecimal() and len(known) == len('00010000')):
        _warn(f'{path} is not the file that was published, if its name stands for one: {differs}')
        return
    raise InputError(
        f'{path} is not the file that its name or its download stands for: {differs}. Fetch it again; or, if '
        'it was changed on purpose, as by fine-tuning, rename it'
    )
