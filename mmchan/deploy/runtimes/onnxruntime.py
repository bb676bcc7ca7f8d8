"""ONNX Runtime on the CPU."""

from pathlib import Path
from typing import TYPE_CHECKING

from mmchan.deploy.extras import need
from mmchan.deploy.metadata import Metadata, read_metadata
from mmchan.deploy.runtimes.session import Session

if TYPE_CHECKING:
    from torch import nn


def open_file(path: Path, *, threads: int | None, precision: str) -> Session:
    """The model of a .onnx file."""
    return open_content(str(path), name=str(path), threads=threads)


def open_module(module: 'nn.Module', metadata: Metadata, *, threads: int | None, precision: str) -> Session:
    """The module, converted in memory."""
    from mmchan.deploy.graphs import convert_to_onnx

    return open_content(convert_to_onnx(module, metadata).SerializeToString(), threads=threads)


def open_content(content: str | bytes, *, name: str = 'the model', threads: int | None = None) -> Session:
    """A model of ONNX.

    Args:
        content: Its path, or its bytes.
        name: For messages.
        threads: That a call uses; None takes one per core.
    """
    runtime = need('onnxruntime')
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    options.log_severity_level = 3  # errors
    opened = runtime.InferenceSession(content, options, providers=['CPUExecutionProvider'])
    metadata = read_metadata(opened.get_modelmeta().custom_metadata_map, name=name)
    entry = opened.get_inputs()[0].name
    return Session('onnx', metadata, lambda images: opened.run(None, {entry: images}))
