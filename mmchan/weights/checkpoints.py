"""Checkpoint files: read without running what is in them, written whole or not at all."""

import json
import logging
import pickle
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import numpy as np
import torch
from mmengine.logging import print_log

from mmchan import compat
from mmchan.errors import InputError, require
from mmchan.files import replacing
from mmchan.layouts.wrappers import unwrap
from mmchan.weights.digests import UNSIGNED, sign
from mmchan.weights.downloads import fetch
from mmchan.weights.verification import REMEDY, verify

# the restricted unpickler meets these in streams that are no pickle, or a damaged one
_DAMAGED = (pickle.UnpicklingError, EOFError, RuntimeError, LookupError, ValueError, struct.error)
_DAMAGED += (TypeError, AttributeError, AssertionError, OverflowError, OSError, ImportError)

SUFFIXES = ('.pth', '.pyth', '.safetensors')

_trusted: ContextVar[bool] = ContextVar('trusted', default=False)
_known: ContextVar[Mapping[str, dict]] = ContextVar('known', default={})  # noqa: B039 (never changed)


@contextmanager
def trust_checkpoints(trust: bool = True) -> Iterator[None]:
    """Within this context checkpoints may run code when they are read, as ``--trust`` says.

    Args:
        trust: False leaves everything as it is, for commands that hand their option on.
    """
    token = _trusted.set(trust or _trusted.get())
    try:
        yield
    finally:
        _trusted.reset(token)


@contextmanager
def safe_checkpoints(trust: bool = False, *, known: Mapping[str, dict] | None = None) -> Iterator[None]:
    """Within this context MMEngine reads every checkpoint through :func:`read_for_runner`.

    Args:
        trust: Let checkpoints run code, as ``--trust`` says.
        known: What :func:`read_for_runner` gave for checkpoints that are read already: it is handed on.
    """
    token = _known.set(known or {})
    try:
        with trust_checkpoints(trust), compat.checkpoints_read_by(read_for_runner):
            yield
    finally:
        _known.reset(token)


def read_state_dict(checkpoint: str) -> dict[str, torch.Tensor]:
    """Read the tensors of a checkpoint, unwrapped, without the prefix of data-parallel training.

    Args:
        checkpoint: Path or URL of a .pth, .pyth or .safetensors file, or 'open-mmlab://NAME'.

    Raises:
        InputError: For a file that is missing, is no checkpoint, or would run code.
    """
    return unwrap(read_checkpoint(checkpoint), checkpoint)[0]


def read_checkpoint(checkpoint: str, map_location: str | torch.device | Callable | None = None) -> object:
    """Read everything that a checkpoint holds, after :func:`mmchan.weights.verification.verify`.

    A file that needs more than tensors and plain values is refused, unless :func:`trust_checkpoints`
    says otherwise. What MMEngine's Runner saves beside weights is plain enough.

    Args:
        checkpoint: As for :func:`read_state_dict`.
        map_location: Where tensors go, as for ``torch.load``; None for the CPU, where .safetensors always go.

    Raises:
        InputError: For a file that is missing, damaged, is no checkpoint, or would run code.
    """
    path = fetch(checkpoint)
    verify(path, compared='://' in checkpoint)
    if path.suffix == '.safetensors':
        return _read_safetensors(path)
    return _read_torch(path, map_location or 'cpu')


def read_for_runner(checkpoint: str, map_location: str | torch.device | Callable | None = None) -> dict:
    """Read a checkpoint with its weights under ``state_dict``, where hooks such as EMAHook expect them.

    What a Runner saved comes as it is, with all that is needed to resume.

    Args:
        checkpoint: As for :func:`read_state_dict`.
        map_location: As for :func:`read_checkpoint`.

    Raises:
        InputError: As for :func:`read_state_dict`.
    """
    if checkpoint in _known.get():
        return dict(_known.get()[checkpoint])
    content = read_checkpoint(checkpoint, map_location)
    tensors, under = unwrap(content, checkpoint)
    if not under:
        return {'state_dict': content}
    if under == 'state_dict' and 'state_dict' in content:
        return content
    return {**content, 'state_dict': tensors}


def _read_safetensors(path: Path) -> dict[str, torch.Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except SafetensorError as error:
        raise InputError(f'{path} holds what is not known to us: {error}. {REMEDY}') from error


def _read_torch(path: Path, map_location: str | torch.device | Callable) -> object:
    trusted = _trusted.get()
    if trusted:
        print_log(f'{path} may run code: it is trusted', logger='current', level=logging.WARNING)
    compat.allow_own_checkpoints()
    try:
        return torch.load(path, map_location=map_location, weights_only=not trusted)
    except _DAMAGED as error:
        raise InputError(f'{path} {_why_unreadable(error)}') from error


def _why_unreadable(error: Exception) -> str:
    code = re.search(r'(?:GLOBAL|global:) (?!GLOBAL)([\w.]*\w)', str(error))
    if isinstance(error, pickle.UnpicklingError) and code:
        return (
            f'may run code when it is loaded (it asks for {code.group(1)}); nothing of it was run. If you '
            'trust its author, allow it: --trust, or trust_checkpoints() of mmchan.weights.checkpoints'
        )
    if isinstance(error, pickle.UnpicklingError):  # torch's own message advises to run it
        first = 'its pickle is not as torch.save writes it; nothing of it was run'
    else:
        first = (str(error) or type(error).__name__).splitlines()[0].partition('. ')[0]
    return f'is no checkpoint, or is cut off or damaged: {first}. {REMEDY}'


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

    noted = {'meta': json.dumps(meta, default=np.ndarray.tolist)} if meta else {}
    path.touch()
    mode = path.stat().st_mode
    save_file(tensors, path, metadata={'format': 'pt', **noted, **UNSIGNED})
    path.chmod(mode)  # safetensors makes files that nobody else may read
    sign(path)


def _write_torch(path: Path, content: dict) -> None:
    # into an open file: given a path, torch writes its name into the archive, and so into the hash
    with path.open('wb') as file:
        torch.save(content, file)
