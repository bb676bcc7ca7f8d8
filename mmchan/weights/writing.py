"""Checkpoints on disk: written beside their place, as torch's archive or as safetensors."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from mmchan.errors import require
from mmchan.files import replacing

SUFFIXES = ('.pth', '.pyth', '.safetensors')


def check_suffix(path: Path) -> None:
    """Raise InputError unless a file's name says how to write it."""
    require(path.suffix in SUFFIXES, 'OUT', f'a file that ends with one of {", ".join(SUFFIXES)}', str(path))


def write_checkpoint(
    path: Path, tensors: Mapping[str, torch.Tensor], *, wrapper: str | None = None, meta: dict | None = None
) -> None:
    """Write tensors to a file whose suffix says how; an existing file is replaced.

    Args:
        path: Ends with .pth, .pyth or .safetensors.
        tensors: Tensors by key. What they share with others is not written.
        wrapper: Key to put the tensors under; None leaves them bare. Safetensors are always bare.
        meta: Plain values to write beside them: under 'meta', in safetensors as JSON in the header.

    Raises:
        InputError: For another suffix.
    """
    check_suffix(path)
    owned = {key: tensor.detach().cpu().clone().contiguous() for key, tensor in tensors.items()}
    with replacing(path) as unfinished:
        if path.suffix == '.safetensors':
            _write_safetensors(unfinished, owned, meta)
        else:
            content = {wrapper: owned} if wrapper else owned
            _write_torch(unfinished, {'meta': meta, **content} if meta else content)


def _write_safetensors(path: Path, tensors: dict[str, torch.Tensor], meta: dict | None) -> None:
    from safetensors.torch import save_file

    header = {'format': 'pt', **({'meta': json.dumps(meta, default=np.ndarray.tolist)} if meta else {})}
    path.touch()
    mode = path.stat().st_mode
    save_file(tensors, path, metadata=header)
    path.chmod(mode)  # safetensors makes files that nobody else may read
    _sort_header(path)


def _sort_header(path: Path) -> None:
    """Put the header's entries in order: safetensors shuffles its metadata, which would change the hash."""
    with path.open('r+b') as file:
        length = int.from_bytes(file.read(8), 'little')
        header = json.loads(file.read(length))
        header['__metadata__'] = dict(sorted(header['__metadata__'].items()))
        text = json.dumps(header, separators=(',', ':'), ensure_ascii=False).encode()
        assert len(text) <= length, 'the header must keep its place'  # noqa: S101
        file.seek(8)
        file.write(text.ljust(length))


def _write_torch(path: Path, content: dict) -> None:
    # into an open file: given a path, torch writes its name into the archive, and so into the hash
    with path.open('wb') as file:
        torch.save(content, file)
