"""What differs between exporting a classifier and a detector: one module per task, by name."""

import importlib
import importlib.util
from dataclasses import dataclass
from types import MappingProxyType, ModuleType

from torch import nn

from mmchan.deploy.metadata import Metadata
from mmchan.errors import InputError


@dataclass(frozen=True)
class Exportable:
    """A network that can be exported.

    Attributes:
        module: From an input, as the metadata says, to an output or a tuple of them; in eval mode.
        metadata: Of the network.
    """

    module: nn.Module
    metadata: Metadata

    def with_preprocessing(self) -> 'Exportable':
        """The network behind its preprocessing.

        Raises:
            InputError: For a preprocessing that cannot be a part of the graph.
        """
        from mmchan.deploy.inside import WithPreprocessing

        network = WithPreprocessing(self.module, self.metadata).eval()
        return Exportable(network, self.metadata.changed(preprocessing=True))


# task -> the module with its functions: ``load_config``, ``predictor``; see mmchan.deploy.classification
TASKS = MappingProxyType(
    {'classification': 'mmchan.deploy.classification', 'detection': 'mmchan.deploy.detection'}
)
_SCOPES = {'mmpretrain': 'classification', 'mmdet': 'detection'}


def task_of(scope: str | None) -> str:
    """The task of a config's default_scope.

    Raises:
        InputError: For another one.
    """
    if scope not in _SCOPES:
        raise InputError(f"the config's default_scope must be 'mmpretrain' or 'mmdet', got {scope!r}")
    return _SCOPES[scope]


def load_task(task: str) -> ModuleType:
    """The functions of a task.

    Raises:
        InputError: For a task that this version cannot export.
    """
    known = [name for name, module in TASKS.items() if importlib.util.find_spec(module) is not None]
    if task not in known:
        raise InputError(f'models for {task} cannot be exported yet; models for {", ".join(known)} can')
    return importlib.import_module(TASKS[task])


def with_preprocessing(found: Exportable, inside: bool) -> Exportable:
    """The network behind its preprocessing where that is wanted, else as it is.

    Raises:
        InputError: For a preprocessing that cannot be a part of the graph.
    """
    return found.with_preprocessing() if inside else found
