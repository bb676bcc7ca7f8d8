"""Write a network as a file of another runtime, once it is known to give the same outputs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from torch import nn

from mmchan.deploy import comparing, graphs, saving
from mmchan.deploy.comparing import LIMIT, Difference
from mmchan.deploy.metadata import Metadata
from mmchan.deploy.runtimes import Session, open_model
from mmchan.deploy.stamp import stamped
from mmchan.errors import InputError, require_known
from mmchan.files import folder_beside

Compare = Callable[[Session, Session], Difference]


@dataclass(frozen=True)
class Target:
    """A kind of file.

    Attributes:
        suffix: Of its name.
        convert: From a program of torch.export and metadata to what ``save`` takes.
        save: Writes what was converted to a path.
        beside: Suffixes of the files that belong to it, without which it cannot be read.
    """

    suffix: str
    convert: Callable[[torch.export.ExportedProgram, Metadata], Any]
    save: Callable[[Any, Path], None]
    beside: tuple[str, ...] = ()


TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        'onnx': Target('.onnx', graphs.onnx_of, saving.save_onnx),
        'openvino': Target(
            '.xml',
            lambda program, metadata: graphs.openvino_of(graphs.onnx_of(program, metadata), metadata),
            saving.save_openvino,
            ('.bin',),
        ),
        'torch-export': Target('.pt2', saving.with_metadata, saving.save_program),
    }
)


@dataclass(frozen=True)
class Exported:
    """A file that was written.

    Attributes:
        path: The file; others may belong to it.
        size: Bytes of all of them.
        metadata: What it says about itself.
        difference: From the outputs of PyTorch.
    """

    path: Path
    size: int
    metadata: Metadata
    difference: Difference


def export_model(
    module: nn.Module,
    out: Path,
    *,
    target: str,
    metadata: Metadata,
    limit: float = LIMIT,
    compare: Compare = comparing.compare,
    threads: int | None = None,
) -> Exported:
    """Write a network as a file of another runtime, after running it and comparing its outputs.

    Args:
        module: From an input, as the metadata says, to an output or a tuple of them; it is left as it is.
        out: The file; its suffix must be the target's. It appears when it is whole and its outputs are
            right, else nothing changes.
        target: A key of :data:`TARGETS`.
        metadata: Of the network; version and commit are added.
        limit: Largest difference, as a share of the largest output (of 1 where outputs are smaller).
        compare: From the session of PyTorch and the one of the file to their difference.
        threads: For the comparison; None takes what the runtimes do.

    Raises:
        InputError: For an unknown target, a wrong suffix, a library that is missing, outputs that differ.
    """
    check_out(out, target)
    program, said = graphs.export_program(module, stamped(metadata))
    converted = TARGETS[target].convert(program, said)
    reference = open_model(module, metadata=said, threads=threads)

    def verify(opened: Session) -> Difference:
        found = compare(reference, opened)
        comparing.refuse_above(found, limit, name=str(out))
        return found

    return write(converted, out, target=target, verify=verify, threads=threads)


def write(
    converted: Any,
    out: Path,
    *,
    target: str,
    verify: Callable[[Session], Difference],
    threads: int | None = None,
) -> Exported:
    """Write what was converted beside its place, open it, check it there, and only then move it.

    Args:
        converted: What the target's ``save`` takes.
        out: The file.
        target: A key of :data:`TARGETS`.
        verify: Gives the difference from the original, or raises InputError.
        threads: For the session that is checked.
    """
    kind = TARGETS[target]
    with folder_beside(out) as folder:
        unfinished = folder / out.name
        kind.save(converted, unfinished)
        opened = open_model(unfinished, target, threads=threads)
        difference = verify(opened)
        # what the file needs comes first: whoever sees the file finds the rest
        parts = [unfinished.with_suffix(suffix) for suffix in kind.beside] + [unfinished]
        size = sum(part.stat().st_size for part in parts)
        for part in parts:
            part.replace(out.with_name(part.name))
    return Exported(out, size, replace(opened.metadata), difference)


def check_out(out: Path, target: str) -> None:
    """Raise InputError for an unknown target, and for a file whose name does not say what it is."""
    require_known(target, TARGETS, 'target')
    suffix = TARGETS[target].suffix
    if out.suffix != suffix:
        raise InputError(f'a file of {target} must end with {suffix}, got {str(out)!r}')
