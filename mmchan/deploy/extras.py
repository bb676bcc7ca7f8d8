"""The libraries of the extra 'export': imported where they are needed, missing by name, and silent."""

import importlib
import importlib.util
import sys
from types import ModuleType

from mmchan.errors import InputError
from mmchan.home import installing

EXTRA = 'export'


def need(library: str) -> ModuleType:
    """A library of the extra.

    Args:
        library: Its import name, such as 'onnxruntime'.

    Raises:
        InputError: Where it is not installed, with the command that installs it.
    """
    silence()
    if importlib.util.find_spec(library.partition('.')[0]) is None:
        raise InputError(f'{library} is not installed: {installing(EXTRA)}')
    return importlib.import_module(library)


def silence() -> None:
    """Keep OpenVINO's tools and NNCF from reporting who uses them; before either is imported.

    Both take a stub where their reporter is missing; with it they would open a session and write an
    identifier to the home directory when they are imported.
    """
    sys.modules['openvino_telemetry'] = None
