"""Ways to 8 bits. None is the best everywhere, so that all of a target are tried and measured.

On CPUs without VNNI a product of unsigned and signed bytes saturates: weights of 7 bits avoid that ("reduced
range", NNCF's "overflow fix"), as do unsigned weights where the runtime has kernels for them.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from mmchan.deploy.extras import need

Inputs = Sequence[np.ndarray]


@dataclass(frozen=True)
class Recipe:
    """A way to quantise.

    Attributes:
        name: For people and the file's metadata.
        quantise: From a model of the target and calibration inputs to a new model of the target.
    """

    name: str
    quantise: Callable[[Any, Inputs], Any]


def _onnx_runtime(*, weights: str, reduced: bool) -> Callable[[Any, Inputs], Any]:
    """ONNX Runtime's static quantisation, activations in unsigned bytes, weights per channel."""

    def quantise(model: Any, inputs: Inputs) -> Any:
        onnx, tools = need('onnx'), need('onnxruntime.quantization')
        with tempfile.TemporaryDirectory() as folder:
            given, ready, out = (Path(folder, f'{name}.onnx') for name in ('given', 'ready', 'out'))
            onnx.save(model, given)
            need('onnxruntime.quantization.shape_inference').quant_pre_process(
                str(given), str(ready), skip_symbolic_shape=True
            )
            prepared = onnx.load(ready)
            tools.quantize_static(
                prepared,
                str(out),
                _Reader(prepared.graph.input[0].name, inputs),
                quant_format=tools.QuantFormat.QDQ,
                per_channel=True,
                reduce_range=reduced,
                activation_type=tools.QuantType.QUInt8,
                weight_type=tools.QuantType[weights],
                nodes_to_exclude=before_convolutions(prepared),
            )
            return onnx.load(out)

    return quantise


class _Reader:
    """The calibration inputs as ONNX Runtime reads them."""

    def __init__(self, name: str, inputs: Inputs) -> None:
        self.feeds: Iterator[dict] = iter([{name: one} for one in inputs])

    def get_next(self) -> dict | None:
        return next(self.feeds, None)


def before_convolutions(model: Any) -> list[str]:
    """Names of the nodes of a model of ONNX that prepare the images: those that stand before all Conv."""
    kinds = [node.op_type for node in model.graph.node]
    if 'Conv' not in kinds:
        return []
    producers = {name: node for node in model.graph.node for name in node.output}
    found: list[str] = []
    waiting = [model.graph.node[kinds.index('Conv')].input[0]]
    while waiting:
        node = producers.pop(waiting.pop(), None)
        if node is not None:
            found.append(node.name)
            waiting.extend(node.input)
    return found


def _nncf(*, overflow_fix: bool, accurate: bool = False) -> Callable[[Any, Inputs], Any]:
    """NNCF's quantisation after training, of a model of ONNX or OpenVINO."""

    def quantise(model: Any, inputs: Inputs) -> Any:
        nncf = need('nncf')
        nncf.set_log_level(40)  # errors
        advanced = need('nncf.quantization.advanced_parameters')
        fix = advanced.OverflowFix.ENABLE if overflow_fix else advanced.OverflowFix.DISABLE
        of_onnx = hasattr(model, 'graph')
        entry = model.graph.input[0].name if of_onnx else model.inputs[0].get_any_name()
        ignored = before_convolutions(model) if of_onnx else _before_convolutions_openvino(model)
        return nncf.quantize(
            model,
            nncf.Dataset([{entry: one} for one in inputs]),
            preset=nncf.QuantizationPreset.MIXED,
            subset_size=len(inputs),
            fast_bias_correction=not accurate,
            ignored_scope=nncf.IgnoredScope(names=ignored, validate=False) if ignored else None,
            advanced_parameters=advanced.AdvancedQuantizationParameters(overflow_fix=fix),
        )

    return quantise


def _before_convolutions_openvino(model: Any) -> list[str]:
    """As :func:`before_convolutions`, of a model of OpenVINO."""
    names: list[str] = []
    for node in model.get_ordered_ops():
        if node.get_type_name() in ('Convolution', 'GroupConvolution'):
            return names
        if node.get_type_name() not in ('Parameter', 'Constant', 'Result'):
            names.append(node.get_friendly_name())
    return []


RECIPES: Mapping[str, tuple[Recipe, ...]] = MappingProxyType(
    {
        'onnx': (
            Recipe('ONNX Runtime, u8s8', _onnx_runtime(weights='QInt8', reduced=False)),
            Recipe('ONNX Runtime, u8s8, reduced range', _onnx_runtime(weights='QInt8', reduced=True)),
            Recipe('ONNX Runtime, u8u8', _onnx_runtime(weights='QUInt8', reduced=False)),
            Recipe('NNCF, overflow fix', _nncf(overflow_fix=True)),
        ),
        'openvino': (
            Recipe('NNCF', _nncf(overflow_fix=False)),
            Recipe('NNCF, overflow fix', _nncf(overflow_fix=True)),
            Recipe('NNCF, overflow fix, accurate', _nncf(overflow_fix=True, accurate=True)),
        ),
    }
)
