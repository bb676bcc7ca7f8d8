"""Graphs to files: each with its metadata inside."""

import json
from pathlib import Path
from typing import Any

import torch

from mmchan.deploy.extras import need
from mmchan.deploy.metadata import Metadata
from mmchan.deploy.runtimes.torch_export import ENTRY


def save_onnx(model: Any, path: Path) -> None:
    """Write a model of ONNX, its weights inside."""
    path.write_bytes(model.SerializeToString())


def save_openvino(model: Any, path: Path) -> None:
    """Write a model of OpenVINO: the graph to .xml, the weights to .bin beside it."""
    # not its default, which halves the precision of the weights
    need('openvino').save_model(model, path, compress_to_fp16=False)


Program = tuple[torch.export.ExportedProgram, Metadata]


def with_metadata(program: torch.export.ExportedProgram, metadata: Metadata) -> Program:
    """Both, for :func:`save_program`."""
    return program, metadata


def save_program(saved: Program, path: Path) -> None:
    """Write a program of torch.export."""
    program, metadata = saved
    torch.export.save(program, path, extra_files={ENTRY: json.dumps(metadata.as_strings())})
