"""What differs between exporting a classifier and a detector: one module per task, by name."""

import importlib
from types import MappingProxyType, ModuleType

from mmchan.errors import InputError

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
