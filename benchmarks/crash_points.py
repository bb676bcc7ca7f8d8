"""Does a training survive whatever happens while it saves?

    python benchmarks/crash_points.py

Counts the file operations of all saves of a small training (open, write, fsync, rename, unlink, ...: checkpoints
of epochs, inside them, the best ones, published ones, the deletion of old ones, ``last_checkpoint``). Then lets
every single one of them

- die: the process ends there, in the middle of a write;
- fail: with ENOSPC, EACCES, EROFS and EIO, once, and for all operations of some saves;
- lose power: of what was not written to the disk yet, every combination of file names, and the contents, are lost.

After each the training is resumed, and must end with the files, weights and optimizer states of a training that
nothing happened to; what it resumes from is at most one save old; nothing unfinished is left. Exits with 1 where
that fails.

Source: the I/O error and crash tests of SQLite (sqlite.org/testing.html); power cuts as ALICE makes them (Pillai
and others, All File Systems Are Not Created Equal, OSDI 2014).
"""

import builtins
import errno
import io
import os
import pickle
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import torch
from mmengine.config import Config
from mmengine.evaluator import BaseMetric
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.registry import DATASETS, METRICS, MODELS
from torch.utils.data import Dataset

from mmchan.errors import InputError
from mmchan.runs.newest import newest_whole
from mmchan.runs.runner import ExactRunner

ERRORS = (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO)
LASTING = 25  # operations: more than a save has
DIED = 42


@DATASETS.register_module(force=True)
class Points(Dataset):
    """Two-dimensional points."""

    metainfo: Mapping = {}

    def __len__(self) -> int:
        return 8

    def __getitem__(self, index: int) -> torch.Tensor:
        return torch.tensor([index, 1.0])


@MODELS.register_module(force=True)
class Line(BaseModel):
    """A layer that counts its steps."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(2, 1)
        self.register_buffer('steps', torch.zeros(()))

    def forward(self, points: torch.Tensor, mode: str) -> object:
        """MMEngine's interface."""
        if mode != 'loss':
            return [self.steps]
        self.steps += 1
        return {'loss': self.layer(points).square().mean()}


@METRICS.register_module(force=True)
class Score(BaseMetric):
    """Gets better with every step."""

    def process(self, data_batch: object, data_samples: list) -> None:
        """Take what the model gives."""
        self.results.append(float(data_samples[0]))

    def compute_metrics(self, results: list) -> dict[str, float]:
        """Two metrics, for two best checkpoints."""
        return {'score': max(results), 'cost': -max(results)}


EPOCHS = {'by_epoch': True, 'max_epochs': 2, 'val_interval': 1}
ITERATIONS = {'by_epoch': False, 'max_iters': 8, 'val_interval': 4}
# kind of training -> its loop and its checkpoints
TRAININGS: dict[str, tuple[dict, dict]] = {
    'epochs': (
        EPOCHS,
        {'interval': 1, 'max_keep_ckpts': 1, 'save_best': 'score', 'rule': 'greater', 'iters': 2},
    ),
    'two best, published': (
        EPOCHS,
        {
            'interval': 1,
            'save_best': ['score', 'cost'],
            'rule': ['greater', 'less'],
            'published_keys': ['state_dict'],
        },
    ),
    'iterations': (
        ITERATIONS,
        {'by_epoch': False, 'interval': 2, 'max_keep_ckpts': 2, 'save_best': 'score', 'rule': 'greater', 'iters': 3},
    ),
    'elsewhere': (EPOCHS, {'interval': 1, 'max_keep_ckpts': 1, 'out_dir': 'kept'}),
}


@dataclass(frozen=True)
class Operation:
    """A change of files.

    Attributes:
        kind: What is done: 'open', 'write', 'fsync', ...
        save: The checkpoint that is being saved, or was last.
        paths: What it is done to.
        content: What is written.
    """

    kind: str
    save: str
    paths: tuple[str, ...]
    content: bytes = b''


@dataclass
class Faults:
    """Watches the operations on the files of a folder, all that Python can do, and lets some go wrong.

    Attributes:
        folder: The folder.
        first: Number of the operation that goes wrong; None lets all be.
        count: How many do from there on.
        error: Number of the error; None ends the process.
    """

    folder: Path
    first: int | None = None
    count: int = 1
    error: int | None = None
    done: list[Operation] = field(default_factory=list)
    audited: Counter = field(default_factory=Counter)
    save: str = ''
    armed: bool = False
    descriptors: dict[int, str] = field(default_factory=dict)

    def watches(self, path: object) -> bool:
        """Whether a path is a checkpoint, their pointer, or on the way to be one."""
        if not self.armed or not isinstance(path, str | os.PathLike):
            return False
        path = Path(os.fspath(path)).absolute()
        return path.is_relative_to(self.folder) and not any(part.startswith('2') for part in path.parts[-2:])

    def meet(self, kind: str, *paths: object, content: bytes = b'', half: Callable | None = None) -> None:
        """Take note of an operation, or let it go wrong."""
        number = len(self.done)
        self.done.append(Operation(kind, self.save, tuple(map(str, map(os.fspath, paths))), content))
        if self.first is None or not self.first <= number < self.first + self.count:
            return
        if half is not None:
            half()
        if self.error is None:
            os._exit(DIED)
        raise OSError(self.error, os.strerror(self.error), str(paths[0]))

    def audit(self, event: str, arguments: tuple) -> None:
        """Count what Python says that it does, to see that nothing goes past :meth:`meet`."""
        if event == 'open':
            path, _, flags = arguments
            if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and self.watches(path):
                self.audited['open'] += 1
        elif event in ('os.rename', 'os.remove', 'os.mkdir', 'os.rmdir', 'os.link', 'os.symlink', 'os.truncate'):
            if self.watches(arguments[0]):
                self.audited[event.removeprefix('os.')] += 1


class WatchedFile:
    """A file that is open for writing."""

    def __init__(self, file: io.IOBase, path: str, faults: Faults) -> None:
        self._file, self._path, self._faults = file, path, faults
        faults.descriptors[file.fileno()] = path

    def write(self, content: object) -> int:
        """Write, or half of it."""

        def half() -> None:
            self._file.write(content[: len(content) // 2])
            self._file.flush()

        raw = content.encode() if isinstance(content, str) else bytes(content)
        self._faults.meet('write', self._path, content=raw, half=half)
        return self._file.write(content)

    def close(self) -> None:
        """Close; what goes wrong there closes too."""
        if not self._file.closed:
            self._faults.descriptors.pop(self._file.fileno(), None)
            try:
                self._faults.meet('close', self._path)
            finally:
                self._file.close()

    def __enter__(self) -> 'WatchedFile':
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


def patches(faults: Faults) -> Iterator:
    """Everything of Python that changes files, watched."""
    opened, closed, wrote = io.open, os.close, os.write

    def open_file(path: object, mode: str = 'r', *arguments: object, **named: object) -> object:
        if not set(mode) & set('wxa+') or not faults.watches(path):
            return opened(path, mode, *arguments, **named)
        faults.meet('open', path)
        return WatchedFile(opened(path, mode, *arguments, **named), os.fspath(path), faults)

    os_open = os.open

    def open_descriptor(path: object, flags: int, *arguments: object, **named: object) -> int:
        if faults.watches(path):
            faults.meet('open' if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) else 'open folder', path)
        descriptor = os_open(path, flags, *arguments, **named)
        if faults.watches(path):
            faults.descriptors[descriptor] = os.fspath(path)
        return descriptor

    def close_descriptor(descriptor: int) -> None:
        path = faults.descriptors.pop(descriptor, None)
        try:
            if path is not None:
                faults.meet('close', path)
        finally:
            closed(descriptor)

    def write(descriptor: int, content: bytes) -> int:
        if descriptor in faults.descriptors:
            faults.meet('write', faults.descriptors[descriptor], content=bytes(content))
        return wrote(descriptor, content)

    def on_descriptor(name: str) -> Callable:
        before = getattr(os, name)

        def call(descriptor: int, *arguments: object) -> object:
            if descriptor in faults.descriptors:
                faults.meet(name, faults.descriptors[descriptor])
            return before(descriptor, *arguments)

        return call

    def on_paths(name: str, kind: str, paths: int) -> Callable:
        before = getattr(os, name)

        def call(*arguments: object, **named: object) -> object:
            if any(map(faults.watches, arguments[:paths])):
                faults.meet(kind, *arguments[:paths])
            return before(*arguments, **named)

        return call

    yield mock.patch.object(builtins, 'open', open_file)
    yield mock.patch.object(io, 'open', open_file)
    yield mock.patch.object(os, 'open', open_descriptor)
    yield mock.patch.object(os, 'close', close_descriptor)
    yield mock.patch.object(os, 'write', write)
    for name in ('fsync', 'fdatasync', 'ftruncate'):
        yield mock.patch.object(os, name, on_descriptor(name))
    for name, kind, paths in (
        ('replace', 'rename', 2),
        ('rename', 'rename', 2),
        ('unlink', 'remove', 1),
        ('remove', 'remove', 1),
        ('mkdir', 'mkdir', 1),
        ('rmdir', 'rmdir', 1),
        ('link', 'link', 2),
        ('symlink', 'symlink', 2),
        ('truncate', 'truncate', 1),
    ):
        yield mock.patch.object(os, name, on_paths(name, kind, paths))


class Arm(Hook):
    """Begins to watch when the Runner is set up, before a checkpoint is saved or deleted."""

    priority = 'HIGHEST'

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def before_train(self, runner: ExactRunner) -> None:
        """Begin."""
        self.faults.armed = True

    def before_save_checkpoint(self, runner: ExactRunner, checkpoint: dict) -> None:
        """Tell the saves apart."""
        hub, meta = runner.message_hub, checkpoint['meta']
        best = 'optimizer' not in checkpoint
        kind = 'best' if best else 'inside' if hub.get_info('inside_ckpts') else 'epoch or interval'
        self.faults.save = f'{kind} {meta["iter"]}'


def config(place: Path, kind: str) -> Config:
    """The config of a training."""
    loop, checkpoint = TRAININGS[kind]
    settings = {key: value for key, value in checkpoint.items() if key != 'iters'}
    if 'out_dir' in settings:
        settings['out_dir'] = str(place / settings['out_dir'])
    loader = {'dataset': {'type': 'Points'}, 'batch_size': 2, 'num_workers': 0}
    return Config(
        {
            'model': {'type': 'Line'},
            'work_dir': str(place / 'run'),
            'train_dataloader': {**loader, 'sampler': {'type': 'DefaultSampler', 'shuffle': True}},
            'val_dataloader': {**loader, 'sampler': {'type': 'DefaultSampler', 'shuffle': False}},
            'train_cfg': loop,
            'val_cfg': {},
            'val_evaluator': {'type': 'Score'},
            'optim_wrapper': {'optimizer': {'type': 'SGD', 'lr': 1e-3, 'momentum': 0.9}},
            'default_hooks': {'checkpoint': {'type': 'CheckpointHook', **settings}},
            'runtime_cfg': {'checkpoint': {'iters': checkpoint.get('iters')}},
            'randomness': {'seed': 0},
            'log_level': 'WARNING',
        }
    )


def train(place: Path, kind: str, faults: Faults | None = None) -> int:
    """Train in a process of its own, from the newest whole checkpoint; its exit code.

    What was done to the files is written to ``done.pkl`` where it ends by itself.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        with (place / 'log').open('a') as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        code = _train(place, kind, faults or Faults(place))
    except InputError as error:
        print(f'InputError: {error}', flush=True)
        code = 2
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _train(place: Path, kind: str, faults: Faults) -> int:
    cfg = config(place, kind)
    cfg.load_from = newest_whole(cfg.work_dir).path
    cfg.resume = cfg.load_from is not None
    runner = ExactRunner.from_cfg(cfg)
    runner.register_hook(Arm(faults), priority='HIGHEST')
    sys.addaudithook(faults.audit)
    for patch in patches(faults):
        patch.start()
    try:
        runner.train()
    finally:
        faults.armed = False
        with (place / 'done.pkl').open('wb') as file:
            pickle.dump((faults.done, faults.audited), file)
    return 0


def files(place: Path) -> dict[str, bytes]:
    """The checkpoints of a training, what names them, and what is unfinished."""
    folders = [place / 'run', place / 'kept' / 'run']
    found = [path for folder in folders if folder.is_dir() for path in folder.iterdir() if path.is_file()]
    return {str(path.relative_to(place)): path.read_bytes() for path in found if path.suffix != '.py'}
