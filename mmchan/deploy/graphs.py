"""From a module to a graph: torch.export's, ONNX's and OpenVINO's, in memory."""

import io
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from mmchan.deploy.extras import need
from mmchan.deploy.folding import example_input, fold
from mmchan.deploy.metadata import Metadata

OPSET = 20
INPUT = 'images'
# below 32 px some networks have nothing left to convolve
_EDGE = {'min': 32, 'max': 16_384}
_LENGTHS = {'batch': {'min': 1, 'max': 65_536}, 'height': _EDGE, 'width': _EDGE}


def export_program(module: nn.Module, metadata: Metadata) -> tuple[torch.export.ExportedProgram, Metadata]:
    """A network as a program of torch.export, normalisation folded, for batches and images of any size.

    Returns:
        The program, and the metadata with the axes that are dynamic in it: where a network's own code
        asks for one size, as a vision transformer's does, the batch alone is.
    """
    folded = fold(module, metadata)
    for axes in (metadata.dynamic, tuple(axis for axis in metadata.dynamic if axis == 'batch')):
        program = _try_export(folded, metadata, axes)
        if program is not None:
            return program, replace(metadata, dynamic=axes)
    return _export(folded, metadata, ()), replace(metadata, dynamic=())


def _try_export(
    module: nn.Module, metadata: Metadata, axes: tuple[str, ...]
) -> torch.export.ExportedProgram | None:
    try:
        return _export(module, metadata, axes)
    except (torch._dynamo.exc.UserError, RuntimeError, ValueError):  # what it says of axes that are not free
        return None


def _export(module: nn.Module, metadata: Metadata, axes: tuple[str, ...]) -> torch.export.ExportedProgram:
    with torch.no_grad(), quiet():
        return torch.export.export(
            module,
            (_odd_example(metadata, axes),),
            dynamic_shapes=(_dimensions(metadata, axes),),
            strict=False,
            # sizes that a network was never meant for may fail when it runs, not here
            prefer_deferred_runtime_asserts_over_guards=True,
        )


def _odd_example(metadata: Metadata, axes: tuple[str, ...]) -> torch.Tensor:
    """An input whose height and width differ where both are free: equal ones could be taken for one."""
    height, width = metadata.size
    free = {'height', 'width'} <= set(axes)
    return example_input(replace(metadata, size=(height, width + 32 * (free and height == width))))


def _dimensions(metadata: Metadata, axes: tuple[str, ...]) -> dict[int, Any]:
    """Axis of the input -> how long it may be."""
    order = (
        ('batch', 'height', 'width') if metadata.preprocessing else ('batch', 'channels', 'height', 'width')
    )
    return {order.index(axis): torch.export.Dim(axis, **_LENGTHS[axis]) for axis in axes}


def convert_to_onnx(module: nn.Module, metadata: Metadata) -> Any:
    """A network as a model of ONNX, an ``onnx.ModelProto``, with its metadata."""
    program, said = export_program(module, metadata)
    return onnx_of(program, said)


def onnx_of(program: torch.export.ExportedProgram, metadata: Metadata) -> Any:
    """A program of torch.export as a model of ONNX, with metadata."""
    need('onnx')
    need('onnxscript')
    with quiet():
        converted = torch.onnx.export(
            program,
            (),
            dynamo=True,
            opset_version=OPSET,
            input_names=[INPUT],
            output_names=list(metadata.outputs),
            verbose=False,
        )
    model = converted.model_proto
    _strip(model)
    write_onnx_metadata(model, metadata)
    return model


def _strip(model: Any) -> None:
    """Take out what the converter noted about where every node comes from: paths of this machine."""
    graph = model.graph
    for part in (graph, *graph.node, *graph.input, *graph.output, *graph.value_info):
        del part.metadata_props[:]
    for node in graph.node:
        node.doc_string = ''


def write_onnx_metadata(model: Any, metadata: Metadata) -> None:
    """Put metadata into a model of ONNX, in place of what it had."""
    del model.metadata_props[:]
    for key, value in metadata.as_strings().items():
        model.metadata_props.add(key=key, value=value)


def convert_to_openvino(module: nn.Module, metadata: Metadata) -> tuple[Any, Metadata]:
    """A network as a model of OpenVINO, and its metadata as exported."""
    program, said = export_program(module, metadata)
    return openvino_of(onnx_of(program, said), said), said


def openvino_of(model: Any, metadata: Metadata) -> Any:
    """A model of ONNX as one of OpenVINO, an ``openvino.Model``, with metadata."""
    read = need('openvino').Core().read_model(model=model.SerializeToString())
    write_openvino_metadata(read, metadata.as_strings())
    return read


def write_openvino_metadata(model: Any, strings: Mapping[str, str]) -> None:
    """Put metadata into a model of OpenVINO."""
    from mmchan.deploy.runtimes.openvino import RT_INFO

    for key, value in strings.items():
        model.set_rt_info(value, [RT_INFO, key])


@contextmanager
def quiet() -> Iterator[None]:
    """Without what converters and quantisers print and log about their steps, short of errors."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter('ignore')
            yield
    finally:
        logging.disable(before)
