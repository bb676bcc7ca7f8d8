"""Files of torch.export: a graph that torch runs without the classes that made it."""

from pathlib import Path

import torch
from torch import nn

from mmchan.deploy.graphs import export_program
from mmchan.deploy.metadata import Metadata, read_metadata
from mmchan.deploy.runtimes.pytorch import torch_session
from mmchan.deploy.runtimes.session import Session

ENTRY = 'mmchan.json'  # the file inside that holds the metadata


def open_file(path: Path, *, threads: int | None, precision: str) -> Session:
    """The program of a file."""
    import json

    inside = {ENTRY: ''}
    program = torch.export.load(path, extra_files=inside)
    metadata = read_metadata(json.loads(inside[ENTRY] or '{}'), name=str(path))
    return _open(program, metadata, threads, precision)


def open_module(module: nn.Module, metadata: Metadata, *, threads: int | None, precision: str) -> Session:
    """The module as a program."""
    program, said = export_program(module, metadata)
    return _open(program, said, threads, precision)


def _open(
    program: torch.export.ExportedProgram, metadata: Metadata, threads: int | None, precision: str
) -> Session:
    return torch_session('torch-export', program.module(), metadata, threads=threads, precision=precision)
