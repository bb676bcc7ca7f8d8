"""OpenVINO on the CPU."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mmchan.deploy.extras import need
from mmchan.deploy.metadata import Metadata, read_metadata
from mmchan.deploy.runtimes.session import Session

if TYPE_CHECKING:
    from torch import nn

RT_INFO = 'mmchan'  # the section of a model's rt_info that holds the metadata
_HINTS = {'fp32': 'f32', 'bf16': 'bf16'}


def open_file(path: Path, *, threads: int | None, precision: str) -> Session:
    """The model of a pair .xml and .bin, or of a .onnx file."""
    model = need('openvino').Core().read_model(path)
    return open_graph(model, _read(model, str(path)), threads=threads, precision=precision)


def open_module(module: 'nn.Module', metadata: Metadata, *, threads: int | None, precision: str) -> Session:
    """The module, converted in memory."""
    from mmchan.deploy.graphs import convert_to_openvino

    model, said = convert_to_openvino(module, metadata)
    return open_graph(model, said, threads=threads, precision=precision)


def _read(model: Any, name: str) -> Metadata:
    """The metadata of a model; that of a .onnx file comes under the name of its format."""
    for section in ([RT_INFO], ['framework']):
        if model.has_rt_info(section):
            found = model.get_rt_info(section).value
            strings = {key: _text(value) for key, value in found.items()}
            if strings:
                return read_metadata(strings, name=name)
    return read_metadata({}, name=name)


def _text(value: Any) -> str:
    return str(getattr(value, 'value', value))


def open_graph(
    model: Any, metadata: Metadata, *, threads: int | None = None, precision: str = 'fp32'
) -> Session:
    """A model of OpenVINO, compiled for the CPU.

    Args:
        model: An ``openvino.Model``.
        metadata: Of the network.
        threads: That a call uses; None takes one per core.
        precision: 'fp32' or 'bf16'. Without the hint OpenVINO computes in bf16 wherever the CPU can.
    """
    settings: dict[str, Any] = {'PERFORMANCE_HINT': 'LATENCY', 'INFERENCE_PRECISION_HINT': _HINTS[precision]}
    if threads:
        settings['INFERENCE_NUM_THREADS'] = threads
    compiled = need('openvino').Core().compile_model(model, 'CPU', settings)
    request = compiled.create_infer_request()

    def run(images: np.ndarray) -> list[np.ndarray]:
        found = request.infer({0: images})
        return [found[port] for port in compiled.outputs]

    return Session('openvino', metadata, run)
