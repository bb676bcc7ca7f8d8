"""From a detector that can be traced to a model of ONNX."""

import io
from typing import Any

import torch
from torch import nn

from mmchan.deploy.extras import need
from mmchan.deploy.graphs import INPUT, OPSET, quiet, write_onnx_metadata
from mmchan.deploy.metadata import Metadata

# of the pixels a graph is traced with; the sizes are free in it
_SEED = 0


def onnx_of(module: nn.Module, metadata: Metadata) -> Any:
    """A detector as a model of ONNX, an ``onnx.ModelProto``, with metadata.

    torch's newer exporter wants to know before how many boxes there may be at every step; the older one,
    which traces, does not, and runs in a fifth of the time.

    Args:
        module: Of :func:`~mmchan.deploy.detection.detectors.traceable`, perhaps with preprocessing.
        metadata: Of the detector.
    """
    onnx = need('onnx')
    written = io.BytesIO()
    axes = {name: {0: 'detections'} for name in metadata.outputs}
    with torch.no_grad(), quiet():
        torch.onnx.export(
            module,
            (example_of(metadata),),
            written,
            dynamo=False,
            opset_version=OPSET,
            input_names=[INPUT],
            output_names=list(metadata.outputs),
            dynamic_axes={INPUT: _input_axes(metadata), **axes},
        )
    model = onnx.load_model_from_string(written.getvalue())
    for node in model.graph.node:
        node.doc_string = ''  # where it comes from: paths of this machine
    write_onnx_metadata(model, metadata)
    return model


def _input_axes(metadata: Metadata) -> dict[int, str]:
    first = 1 if metadata.preprocessing else 2
    return {first: 'height', first + 1: 'width'}


def example_of(metadata: Metadata) -> torch.Tensor:
    """An input of a size that is none of the usual multiples."""
    generator = torch.Generator().manual_seed(_SEED)
    height, width = metadata.size[0] + 6, metadata.size[1] + 10
    if metadata.preprocessing:
        return torch.randint(0, 256, (1, height, width, 3), generator=generator, dtype=torch.uint8)
    return torch.randn(1, 3, height, width, generator=generator)
