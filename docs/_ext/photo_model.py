"""The network of the page that classifies a photograph: ONNX that also tells how active every channel is.

Weights are stored in 16 bits and computed with in 32, which halves what a reader loads.
"""

import base64
import gzip
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from photo_assets import VARIANT
from PIL import Image
from torch import nn

import mmchan
from mmchan.deploy.classification import of_variant
from mmchan.deploy.exporting import export_model
from mmchan.deploy.metadata import Metadata
from mmchan.deploy.preparing import prepare_image
from mmchan.deploy.runtimes import open_model

OUTPUTS = ('logits', 'activations')
LARGEST = 32_767  # of 16 bits
TOLERANCE = 2e-3  # of probabilities, between weights in 16 and in 32 bits


class WithActivations(nn.Module):
    """A classifier that also gives the mean absolute value of every channel of every block's output.

    Maps images (N, 3, H, W) to logits (N, num_classes) and means (N, sum of the blocks' widths).
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        backbone, means = self.network.backbone, []
        maps = backbone.stem(images)
        for name in backbone.stage_names:
            for block in getattr(backbone, name):
                maps = block(maps)
                means.append(maps.abs().mean((2, 3)))
        logits = self.network.head(backbone.penultimate(maps).mean((2, 3)))
        return logits, torch.cat(means, 1)


def export(path: Path) -> Metadata:
    """Write the network with its published weights as ONNX, compared with PyTorch by mmchan.deploy."""
    network = mmchan.get_model(VARIANT, pretrained=True).eval()
    metadata = of_variant(network, name=VARIANT).metadata.changed(outputs=OUTPUTS, dynamic=('batch',))
    export_model(WithActivations(network).eval(), path, target='onnx', metadata=metadata)
    return metadata


def with_short_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy whose weights are stored in 16 bits each; runtimes widen them once, when they load it.

    Whole numbers and a scale per output channel: four times closer to the weights than half precision is.
    """
    short = onnx.ModelProto()
    short.CopyFrom(model)
    graph = short.graph
    large = [one for one in graph.initializer if one.data_type == TensorProto.FLOAT and len(one.dims) > 1]
    widening = [node for tensor in large for node in _shorten(graph, tensor)]
    nodes = [*widening, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return short


def _shorten(graph: onnx.GraphProto, tensor: TensorProto) -> list[onnx.NodeProto]:
    """Store a tensor in 16 bits; the nodes that give it back under its name."""
    name, values = tensor.name, numpy_helper.to_array(tensor)
    rest = tuple(range(1, values.ndim))
    scale = np.maximum(np.abs(values).max(rest, keepdims=True), np.finfo(np.float32).tiny) / LARGEST
    stored, scaled = np.rint(values / scale).astype(np.int16), scale.astype(np.float32)
    tensor.CopyFrom(numpy_helper.from_array(stored, f'{name}.short'))
    graph.initializer.append(numpy_helper.from_array(scaled, f'{name}.scale'))
    return [
        helper.make_node('Cast', [f'{name}.short'], [f'{name}.whole'], to=TensorProto.FLOAT),
        helper.make_node('Mul', [f'{name}.whole', f'{name}.scale'], [name]),
    ]


def probabilities(logits: np.ndarray) -> np.ndarray:
    """Softmax of logits (N, C)."""
    shifted = np.exp(logits - logits.max(1, keepdims=True))
    return shifted / shifted.sum(1, keepdims=True)


def outputs(path: Path, photographs: Mapping[str, Image.Image]) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (N, C) and activations (N, W) of photographs."""
    session = open_model(path, 'onnx')
    found = [session.run(prepare_image(image, session.metadata)) for image in photographs.values()]
    logits, means = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return probabilities(logits), means


def record(folder: Path, photographs: Mapping[str, Image.Image]) -> dict[str, object]:
    """What the page's script is given: the model and all that it must know about it.

    Args:
        folder: A temporary one.
        photographs: The activations are told relative to their mean over these.

    Raises:
        RuntimeError: Where weights in 16 bits name other classes, or are surer or less sure.
    """
    whole, short = folder / 'whole.onnx', folder / 'short.onnx'
    metadata = export(whole)
    onnx.save(with_short_weights(onnx.load(whole)), short)
    (expected, _), (found, means) = (outputs(file, photographs) for file in (whole, short))
    difference = float(np.abs(expected - found).max())
    if difference > TOLERANCE or (top(expected) != top(found)).any():
        raise RuntimeError(f'weights in 16 bits change classes or probabilities by {difference:.2g}')
    return {
        'name': VARIANT,
        'classes': metadata.classes,
        'edge': metadata.resize[0],
        'size': metadata.size[0],
        'mean': metadata.mean,
        'std': metadata.std,
        'usual': [float(f'{value:.4g}') for value in means.mean(0)],
        'onnx': packed(short.read_bytes()),
    }


def top(found: np.ndarray) -> np.ndarray:
    """The five most probable classes of every row, in order."""
    return found.argsort(1)[:, :-6:-1]


def packed(content: bytes) -> str:
    """Bytes as text for a script: gzip and base64."""
    return base64.b64encode(gzip.compress(content, mtime=0)).decode('ascii')
