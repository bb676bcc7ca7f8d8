"""The digest that .safetensors files of ours carry, since the format has none: over every byte of the file.

It stands in the metadata, 64 digits of a SHA-256 that was taken with zeros in their place.
"""

import hashlib
import json
import re
from functools import partial
from pathlib import Path
from typing import BinaryIO

from mmchan.files import CHUNK
from mmchan.weights.archives import DamagedError

# two marks that each tell a file of ours: damage to one of them does not make it a file without a digest
KEY, _KIND = 'mmchan_digest', 'mmchan-sha256'
_NONE = '0' * 64
UNSIGNED = {KEY: f'{_KIND}:{_NONE}'}
_DIGEST = re.compile(f'"{KEY}":"{_KIND}:([0-9a-f]{{64}})"'.encode())
_LENGTH = 8  # bytes of the header's length in front of it
_LONGEST = 100_000_000  # of a header, as safetensors allows


def sign(path: Path) -> None:
    """Put a .safetensors file's metadata in order, and its digest where :data:`UNSIGNED` is."""
    _sort_header(path)
    with path.open('r+b') as file:
        found, digest = _digest(file)
        file.seek(_LENGTH + found.start(1))
        file.write(digest.encode())


def check_digest(file: BinaryIO) -> bool:
    """Compare a .safetensors file with the digest in it.

    Args:
        file: Open for reading, at its beginning.

    Returns:
        Whether it has one: only files of ours do.

    Raises:
        DamagedError: Where they differ.
    """
    found, digest = _digest(file)
    if found and found[1].decode() != digest:
        raise DamagedError(
            f'its content is not what its digest says. If another program changed its tensors and kept '
            f'the old metadata, remove {KEY!r} from these'
        )
    return bool(found)


def _digest(file: BinaryIO) -> tuple[re.Match | None, str]:
    """Where the header has a digest, and what it should be."""
    length = file.read(_LENGTH)
    header = file.read(min(int.from_bytes(length, 'little'), _LONGEST))
    found = _DIGEST.search(header)
    if not found:
        if KEY.encode() in header or _KIND.encode() in header:
            raise DamagedError('the digest in its metadata is not as it was written')
        return None, ''
    digest = hashlib.sha256(length)
    digest.update(header[: found.start(1)] + _NONE.encode() + header[found.end(1) :])
    for piece in iter(partial(file.read, CHUNK), b''):
        digest.update(piece)
    return found, digest.hexdigest()


def _sort_header(path: Path) -> None:
    """Put the metadata in order: safetensors shuffles it, which would change the hash."""
    with path.open('r+b') as file:
        length = int.from_bytes(file.read(_LENGTH), 'little')
        header = json.loads(file.read(length))
        header['__metadata__'] = dict(sorted(header['__metadata__'].items()))
        text = json.dumps(header, separators=(',', ':'), ensure_ascii=False).encode()
        if len(text) > length:  # safetensors writes headers more widely, or not at all as we know them
            raise RuntimeError(f'the sorted header of {path.name} does not fit into the place of the old one')
        file.seek(_LENGTH)
        file.write(text.ljust(length))
