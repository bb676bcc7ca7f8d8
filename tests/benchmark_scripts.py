"""The scripts of benchmarks/ as modules."""

import importlib.util
import sys
from types import ModuleType

from tests.cli.command_lines import ROOT


def load(name: str) -> ModuleType:
    """The script ``benchmarks/NAME.py``."""
    script = ROOT / 'benchmarks' / f'{name}.py'
    if str(script.parent) not in sys.path:  # as where it is run: some import what lies beside them
        sys.path.append(str(script.parent))
    spec = importlib.util.spec_from_file_location(script.stem, script)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # for processes that hand its objects on by the name of their class
    spec.loader.exec_module(module)
    return module
