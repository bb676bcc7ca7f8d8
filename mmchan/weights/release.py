"""From a training's checkpoint to files that can be published."""

from dataclasses import dataclass
from pathlib import Path

from mmchan import __version__
from mmchan.errors import InputError, require
from mmchan.files import folder_beside, sha256
from mmchan.layouts.recognition import recognise_variant
from mmchan.layouts.wrappers import AVERAGES, unwrap
from mmchan.weights.checkpoints import read_checkpoint, write_checkpoint
from mmchan.weights.downloads import fetch

HASH_DIGITS = 8
# what the Runner notes beside weights that a user of them needs
_KEPT_META = ('cfg', 'dataset_meta', 'epoch', 'iter')


@dataclass(frozen=True)
class Publication:
    """What :func:`publish_checkpoint` did.

    Attributes:
        files: The files that were written.
        meta: What stands in them beside the weights.
        dropped: Keys of the checkpoint that were left out.
        averaged: Whether the weights are an average over training steps (EMA).
    """

    files: tuple[Path, ...]
    meta: dict
    dropped: tuple[str, ...]
    averaged: bool


def publish_checkpoint(checkpoint: str, out: Path) -> Publication:
    """Write the weights of a checkpoint as ``out-<hash>.pth`` and ``out-<hash>.safetensors``.

    The hash is the beginning of the SHA-256 of each file's content, as OpenMMLab's tools and torch.hub
    verify it. Averaged weights (EMA) are published where there are any. The same checkpoint gives the
    same files.

    Args:
        checkpoint: Path or URL of a checkpoint, of the Runner or of another project.
        out: Folder and beginning of the name; a suffix .pth or .safetensors is ignored.

    Raises:
        InputError: For a file that is no checkpoint.
    """
    path = fetch(checkpoint)
    content = read_checkpoint(checkpoint)
    tensors, under = unwrap(content, checkpoint)
    name = out.name.removesuffix('.pth').removesuffix('.safetensors')
    rule = 'a folder and the beginning of a name, such as weights/regnetx-400mf'
    require(bool(name) and not out.is_dir(), 'OUT', rule, str(out))
    old_meta = (content.get('meta') or {}) if under else {}
    source = checkpoint if '://' in checkpoint else path.name
    meta = {
        'arch': variant_of(tensors),
        'source': {'file': source, 'sha256': sha256(path)},
        'mmchan_version': __version__,
        **{key: old_meta[key] for key in _KEPT_META if key in old_meta},
    }
    files = _write_hashed(out.with_name(name), tensors, meta)
    dropped = tuple(key for key in content if key not in (under, 'meta')) if under else ()
    # MMEngine saves the average as state_dict, and the weights of the last step as ema_state_dict
    return Publication(files, meta, dropped, averaged=under in AVERAGES or 'ema_state_dict' in dropped)


def variant_of(tensors: dict) -> str | None:
    """The variant of the network or of its backbone; None for a network of one's own."""
    try:
        return recognise_variant(tensors)[0]
    except InputError:
        return None


def _write_hashed(stem: Path, tensors: dict, meta: dict) -> tuple[Path, ...]:
    """Write both files, then move both to the names that their contents give them."""
    with folder_beside(stem) as folder:
        files = [folder / 'weights.pth', folder / 'weights.safetensors']
        for file in files:
            write_checkpoint(file, tensors, wrapper='state_dict', meta=meta)
        named = {file: f'{stem.name}-{sha256(file)[:HASH_DIGITS]}{file.suffix}' for file in files}
        return tuple(file.replace(stem.with_name(name)) for file, name in named.items())
