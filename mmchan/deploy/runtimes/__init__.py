"""What runs a network: PyTorch in several forms, and the runtimes of exported files; one table by name."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING

from mmchan.deploy.runtimes.session import Session
from mmchan.errors import InputError, require, require_known

if TYPE_CHECKING:
    from torch import nn

    from mmchan.deploy.metadata import Metadata

__all__ = ['RUNTIMES', 'Runtime', 'Session', 'find_runtime', 'open_model']

PRECISIONS = ('fp32', 'bf16')  # of the arithmetic; an int8 file is int8 in either


@dataclass(frozen=True)
class Runtime:
    """A way to run a network.

    Attributes:
        title: For people.
        module: Its module, with ``open_file(path, *, threads, precision)`` where it reads files and
            ``open_module(module, metadata, *, threads, precision)``, of which both give a
            :class:`Session`.
        suffixes: Of the files that it reads, the usual one first.
    """

    title: str
    module: str
    suffixes: tuple[str, ...] = ()

    def load(self) -> ModuleType:
        """Its module."""
        return importlib.import_module(self.module)


_HERE = 'mmchan.deploy.runtimes.'
RUNTIMES: Mapping[str, Runtime] = MappingProxyType(
    {
        'eager': Runtime('PyTorch', f'{_HERE}eager'),
        'folded': Runtime('PyTorch, BN folded, channels last', f'{_HERE}folded'),
        'compiled': Runtime('PyTorch, compiled by Inductor', f'{_HERE}compiled'),
        'torch-export': Runtime('torch.export', f'{_HERE}torch_export', ('.pt2',)),
        'onnx': Runtime('ONNX Runtime', f'{_HERE}onnxruntime', ('.onnx',)),
        'openvino': Runtime('OpenVINO', f'{_HERE}openvino', ('.xml', '.onnx')),
    }
)


def find_runtime(path: Path, name: str | None = None) -> str:
    """The runtime of a file: the one that is asked for, else the first that reads such files.

    Raises:
        InputError: For an unknown runtime, and for one that does not read such files.
    """
    readers = [one for one, runtime in RUNTIMES.items() if path.suffix in runtime.suffixes]
    if not readers:
        suffixes = sorted({suffix for runtime in RUNTIMES.values() for suffix in runtime.suffixes})
        raise InputError(f'{path} must end with {", ".join(suffixes)}: what mmchan export writes')
    if name is None:
        return readers[0]
    require_known(name, RUNTIMES, 'runtime')
    require(name in readers, f'the runtime for {path.name}', ' or '.join(readers), name)
    return name


def open_model(
    model: 'str | Path | nn.Module',
    runtime: str | None = None,
    *,
    threads: int | None = None,
    precision: str = 'fp32',
    metadata: 'Metadata | None' = None,
) -> Session:
    """A network in a runtime, ready to run.

    Args:
        model: A file of ``mmchan export``, or a module from inputs to outputs (a module is left as it is,
            and may be converted in memory).
        runtime: A key of :data:`RUNTIMES`; None takes what the file's suffix says, or 'eager'.
        threads: That one call uses, >= 1; None takes what the runtime does.
        precision: Of the arithmetic: 'fp32', or 'bf16', which OpenVINO computes where the CPU can.
        metadata: Of a module; None says nothing but the default. A file has its own.

    Raises:
        InputError: For a file that is absent or not ours, an unknown runtime, a library that is missing.
    """
    require_known(precision, PRECISIONS, 'precision')
    require(threads is None or threads >= 1, 'threads', 'None or >= 1', threads)
    if isinstance(model, (str, Path)):
        path = Path(model).expanduser()
        name = find_runtime(path, runtime)
        if not path.is_file():
            raise InputError(f'there is no file {str(model)!r}; mmchan export writes one')
        return RUNTIMES[name].load().open_file(path, threads=threads, precision=precision)
    from mmchan.deploy.metadata import Metadata

    name = runtime or 'eager'
    require_known(name, RUNTIMES, 'runtime')
    said = metadata or Metadata()
    return RUNTIMES[name].load().open_module(model, said, threads=threads, precision=precision)
