"""A script, not a module: what one Python finds installed and can import, as lines of JSON.

``environment.py`` runs it in a process of its own, which a broken library may kill. Standard library only.

    python probe.py                     one object: the Python and the distributions
    python probe.py torch mmcv.ops      one object per module, in this order: its error, '' where it imports
"""

import importlib
import importlib.metadata
import json
import os
import sys
import traceback
import warnings
from pathlib import Path


def describe_installation() -> dict:
    """The Python, every distribution's version, and the requirements that the examination reads."""
    versions, requirements = {}, {}
    for distribution in importlib.metadata.distributions():
        name = (distribution.metadata['Name'] or '').lower().replace('_', '-')
        # the first one on the path is the one that is imported
        if name and name not in versions:
            versions[name] = distribution.version
            if name in ('mmchan', 'torchvision'):
                requirements[name] = distribution.requires or []
    return {'python': sys.version_info[:3], 'versions': versions, 'requirements': requirements}


def try_import(name: str) -> dict:
    """Import a module and ask it what nobody else knows; an error becomes text."""
    try:
        module = importlib.import_module(name)
        facts = FACTS[name](module) if name in FACTS else {}
    except BaseException as error:  # noqa: BLE001 - whatever a library raises is the answer
        return {'module': name, 'error': traceback.format_exception_only(error)[-1].strip()}
    return {'module': name, 'error': '', **facts}


def describe_torch(torch) -> dict:
    """The build of torch and the GPU that it sees, '' for none."""
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else ''
    return {'version': torch.__version__, 'gpu': gpu}


def describe_ops(ops) -> dict:
    """Whether mmcv's ops were compiled for a GPU."""
    return {'gpu_ops': ops.get_compiling_cuda_version() != 'not available'}


FACTS = {'torch': describe_torch, 'mmcv.ops': describe_ops}


def main(modules: list[str]) -> None:
    """Write the report to the real standard output, and what libraries print to standard error."""
    report = os.fdopen(os.dup(1), 'w', buffering=1)
    os.dup2(2, 1)
    warnings.simplefilter('ignore')
    # Python puts the script's folder first; our modules there are not to be taken for others
    here = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != here]
    if not modules:
        print(json.dumps(describe_installation()), file=report)
    for name in modules:
        print(json.dumps(try_import(name)), file=report)
    # a library that hangs or crashes at exit has nothing to tell any more
    report.flush()
    os._exit(0)


if __name__ == '__main__':
    main(sys.argv[1:])
