"""What a library raises in the first iteration of a training, told as what is wrong in the config.

Checks come before anything runs, but some mistakes show only where data meets the model: a loss that needs
masks and gets boxes, a transform that looks for what no step loads. An iteration that has worked once is no
such case, and what it raises stays a traceback.
"""

import contextlib
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import torch
from mmengine.runner import BaseLoop, Runner

from mmchan.errors import InputError
from mmchan.files import replacing

# what wrong values lead to; what the machine is to blame for is none of these
FAULTS = (AssertionError, AttributeError, ImportError, LookupError, RuntimeError, TypeError, ValueError)
MACHINE = (torch.OutOfMemoryError, torch.distributed.DistError)
_WORKER = 'in DataLoader worker process'  # torch puts it before the traceback of a worker
FILE = 'first_iteration.txt'
FIRST_ITERATION = 'the training failed before the end of its first iteration'
# methods of MMEngine's Runner that build parts only when a training begins -> what they read
_READERS = MappingProxyType({
    'build_train_loop': 'train_dataloader',
    'build_val_loop': 'val_dataloader',
    'build_test_loop': 'test_dataloader',
    'build_evaluator': 'val_evaluator',
    'build_optim_wrapper': 'optim_wrapper',
    'build_param_scheduler': 'param_scheduler',
    'load_or_resume': 'load_from',
})  # fmt: skip


@contextlib.contextmanager
def first_iteration_told(runner: Runner) -> Iterator[None]:
    """While a Runner trains, say of what its first iteration raises where in the config it comes from.

    Args:
        runner: Of a training in one process that begins anew.

    Raises:
        InputError: In place of errors before the end of the first iteration.
    """
    with told_before_the_first_iteration(runner.log_dir, runner):
        yield


@contextlib.contextmanager
def told_before_the_first_iteration(folder: str | Path, runner: Runner | None = None) -> Iterator[None]:
    """As :func:`first_iteration_told`, where there may be no Runner yet.

    Args:
        folder: Where the traceback is kept.
        runner: Whose iterations count.
    """
    try:
        yield
    except (InputError, *MACHINE):
        raise
    except FAULTS as error:
        if (runner and runner.iter > 0) or _is_of_the_machine(error):
            raise
        place = _place(runner, error)
        kept = _keep(Path(folder) / FILE, error)
        raise InputError(
            f'{FIRST_ITERATION}{place and f" in {place}"}: {_said(error)}\n'
            f'Its traceback is in {kept}; --no-strict prints it'
        ) from error


def _is_of_the_machine(error: Exception) -> bool:
    text = str(error)
    return isinstance(error, RuntimeError) and (
        'CUDA error' in text or 'out of memory' in text or 'killed by signal' in text
    )


def _said(error: Exception) -> str:
    """The error and where it was raised, in one line."""
    if _WORKER in str(error):
        lines = str(error).strip().splitlines()
        at = next(line for line in reversed(lines) if line.lstrip().startswith('File "')).split('"')
        number = at[2].split('line ')[1].split(',')[0]
        return f'{lines[-1]} ({Path(at[1]).name}:{number})'
    last = traceback.extract_tb(error.__traceback__)[-1]
    text = ' '.join(f'{type(error).__name__}: {error}'.split())
    return f'{text} ({Path(last.filename).name}:{last.lineno})'


def _place(runner: Runner | None, error: Exception) -> str:
    """The innermost part of the config whose object was at work; '' where none is known."""
    parts = dict(_parts(runner)) if runner else {}
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    for frame in reversed(frames):
        owner = frame.f_locals.get('self')
        if id(owner) in parts:
            return f'{parts[id(owner)]} ({type(owner).__name__})'
    if _WORKER in str(error):
        return 'train_dataloader.dataset'
    names = [frame.f_code.co_name for frame in reversed(frames)]
    return next((_READERS[name] for name in names if name in _READERS), '')


def _parts(runner: Runner) -> Iterator[tuple[int, str]]:
    """Identity of the objects of a Runner, and where in the config they are set."""
    for name, module in runner.model.named_modules(prefix='model'):
        yield id(module), name
    loop = runner._train_loop
    if not isinstance(loop, BaseLoop):
        return
    dataset = loop.dataloader.dataset
    yield id(dataset), 'train_dataloader.dataset'
    pipeline = getattr(dataset, 'pipeline', None)
    for number, transform in enumerate(getattr(pipeline, 'transforms', ())):
        yield id(transform), f'train_dataloader.dataset.pipeline[{number}]'


def _keep(path: Path, error: Exception) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as unfinished:
        unfinished.write_text(''.join(traceback.format_exception(error)), encoding='utf-8')
    return path
