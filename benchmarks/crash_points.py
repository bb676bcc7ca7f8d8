"""Does a training survive whatever happens while it saves?

    python benchmarks/crash_points.py
    python benchmarks/crash_points.py --every 2 --first 1    # every second one, from the second on

Takes every operation on files of all saves of small trainings (open, write, fsync, rename, unlink, ...; for
checkpoints of epochs and inside them, the best ones, published ones, the deletion of old ones, the pointer
``last_checkpoint``) and lets every single one of them

- die: the process ends there, writes in their middle;
- fail: with ENOSPC, EACCES, EROFS and EIO; and the disk is full for as long as a save takes;
- lose power: of what need not be on the disk yet, every combination of names, with and without the contents.

After each the training is resumed. It must find a checkpoint no older than the last that was saved, leave
nothing unfinished, and end with the files, weights and optimizer states of a training that nothing happened
to. Exits with 1 where that fails.

Source: the I/O error and crash tests of SQLite (sqlite.org/testing.html); power cuts as ALICE makes them
(Pillai and others, All File Systems Are Not Created Equal, OSDI 2014).
"""

import builtins
import errno
import importlib
import io
import itertools
import os
import pickle
import re
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, field
from functools import partial
from pathlib import Path
from unittest import mock

import click
import torch
from mmengine.config import Config
from mmengine.evaluator import BaseMetric
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.registry import DATASETS, METRICS, MODELS
from mmengine.runner import runner as mmengine_runner
from torch.utils.data import Dataset

from mmchan import compat
from mmchan.errors import InputError
from mmchan.files import UNFINISHED
from mmchan.runs.newest import newest_whole
from mmchan.runs.runner import ExactRunner
from mmchan.weights.checkpoints import read_checkpoint

ERRORS = (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO)
LASTING = 25  # operations: more than a save has
DIED = 42
_CHANGES = [f'os.{name}' for name in ('rename', 'remove', 'mkdir', 'rmdir', 'link', 'symlink', 'truncate')]
_LOGS = re.compile(r'\d{8}_\d{6}')  # the folder of a start


@DATASETS.register_module(force=True)
class Points(Dataset):
    """Two-dimensional points."""

    metainfo: Mapping = {}

    def __len__(self) -> int:
        return 8

    def __getitem__(self, index: int) -> dict:
        return {'points': torch.tensor([index, 1.0])}


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
        {
            'by_epoch': False,
            'interval': 2,
            'max_keep_ckpts': 2,
            'save_best': 'score',
            'rule': 'greater',
            'iters': 3,
        },
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
        if not path.is_relative_to(self.folder):
            return False
        return not any(_LOGS.match(part) for part in path.relative_to(self.folder).parts)

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
        elif event in _CHANGES and self.watches(arguments[0]):
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
        self.faults.save = f'{kind}, {meta["iter"]}'


def config(place: Path, loop: Mapping, checkpoint: Mapping) -> Config:
    """The config of a training.

    Args:
        place: Its work_dir is ``run`` in it.
        loop: How long it is.
        checkpoint: Settings of the checkpoint hook.
    """
    ours = {key: checkpoint[key] for key in ('iters', 'minutes') if key in checkpoint}
    settings = {key: value for key, value in checkpoint.items() if key not in ours}
    if 'out_dir' in settings:
        settings['out_dir'] = str(place / settings['out_dir'])
    loader = {'dataset': {'type': 'Points'}, 'batch_size': 2, 'num_workers': 0}
    loader['collate_fn'] = {'type': 'default_collate'}
    return Config(
        {
            'model': {'type': 'Line'},
            'work_dir': str(place / 'run'),
            'train_dataloader': {**loader, 'sampler': {'type': 'DefaultSampler', 'shuffle': True}},
            'val_dataloader': {**loader, 'sampler': {'type': 'DefaultSampler', 'shuffle': False}},
            'train_cfg': dict(loop),
            'val_cfg': {},
            'val_evaluator': {'type': 'Score'},
            'optim_wrapper': {'optimizer': {'type': 'SGD', 'lr': 1e-3, 'momentum': 0.9}},
            'default_hooks': {'checkpoint': {'type': 'CheckpointHook', **settings}},
            # the others write files of their own, which are not what is watched
            'runtime_cfg': {'checkpoint': ours, **dict.fromkeys(['live', 'scalars', 'summary', 'waiting'])},
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
    log = (place / 'log').open('a', buffering=1)
    sys.stdout = sys.stderr = log
    try:
        code = _train(place, kind, faults or Faults(place))
    except InputError as error:
        print(f'InputError: {error}', flush=True)
        code = 2
    except BaseException:  # noqa: BLE001 (ends here)
        traceback.print_exc()
    finally:
        log.flush()
        os._exit(code)


def _train(place: Path, kind: str, faults: Faults) -> int:
    cfg = config(place, *TRAININGS[kind])
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
            pickle.dump(([astuple(operation) for operation in faults.done], faults.audited), file)
    return 0


def files(place: Path) -> dict[str, bytes]:
    """The checkpoints of a training, what names them, and what is unfinished."""
    folders = [place / 'run', place / 'kept' / 'run']
    found = [path for folder in folders if folder.is_dir() for path in folder.iterdir() if path.is_file()]
    return {str(path.relative_to(place)): path.read_bytes() for path in found if path.suffix != '.py'}


def values(content: object) -> object:
    """Weights and optimizer state of a checkpoint, as plain values."""
    if isinstance(content, torch.Tensor):
        return content.tolist()
    if isinstance(content, Mapping):
        return {key: values(content[key]) for key in content}
    return [values(item) for item in content] if isinstance(content, list | tuple) else content


def outcome(place: Path) -> dict[str, object]:
    """What a training has left: every checkpoint with its weights and optimizer state, and the pointer."""
    found = {}
    for name in files(place):
        path = place / name
        if path.suffix == '.pth':
            content = read_checkpoint(str(path))
            found[name] = values({key: content.get(key) for key in ('state_dict', 'optimizer')})
        else:
            found[name] = path.read_text() if path.name == 'last_checkpoint' else ''
    return found


@dataclass(frozen=True)
class Reference:
    """A training that nothing happens to.

    Attributes:
        kind: Which one.
        done: Its operations.
        end: What it leaves.
    """

    kind: str
    done: list[Operation]
    end: dict[str, object]

    @property
    def last(self) -> str:
        """What ``last_checkpoint`` says."""
        return str(self.end['run/last_checkpoint'])

    def saved(self, number: int, last: str) -> int:
        """The iteration of the last checkpoint that is saved when an operation is reached.

        Args:
            number: Of the operation.
            last: What a save ends with: the 'rename' of the pointer, or the 'fsync' that makes it durable.
        """
        iteration = pending = 0
        for operation in self.done[:number]:
            if operation.kind == 'rename' and operation.paths[1].endswith('last_checkpoint'):
                pending = int(operation.save.rpartition(' ')[2])
            if operation.kind == last:
                iteration = pending
        return iteration


def reference(place: Path, kind: str) -> Reference:
    """Train without faults, and see that no operation went by unseen."""
    code = train(place, kind)
    if code:
        raise RuntimeError((place / 'log').read_text()[-3000:])
    with (place / 'done.pkl').open('rb') as file:
        seen, audited = pickle.load(file)  # noqa: S301 (our own)
    done = [Operation(*operation) for operation in seen]
    seen = Counter(operation.kind for operation in done)
    unseen = {kind: count for kind, count in audited.items() if seen[kind] != count}
    if unseen:
        raise RuntimeError(f'operations of {unseen} went by; {seen} were seen')
    return Reference(kind, done, outcome(place))


def resumed_from(place: Path) -> int:
    """The iteration that a training would go on from."""
    path = newest_whole(place / 'run').path
    return 0 if path is None else read_checkpoint(path)['meta']['iter']


def faults_after(place: Path, whole: Reference, least: int, *, skipped: bool = False) -> Iterator[str]:
    """What is wrong after something went wrong: before and after the training is resumed.

    Args:
        place: The folder.
        whole: The training that nothing happened to.
        least: The iteration that it must go on from, or a later one.
        skipped: A checkpoint may be missing, and an older one kept instead: the training went on without it.
    """
    try:
        found = resumed_from(place)
    except InputError as error:
        yield f'nothing to resume: {error}'
        return
    if found < least:
        yield f'resumes at {found}, {least} was saved'
    code = train(place, whole.kind)
    if code:
        yield f'the resumed training ends with {code}: {(place / "log").read_text()[-1500:]}'
        return
    end, wanted = outcome(place), whole.end
    if skipped and len(end) <= len(wanted):
        end, wanted = (
            {name: left[name] for name in left if not _may_miss(name, whole)} for left in (end, wanted)
        )
    if end.keys() != wanted.keys():
        yield f'ends with {sorted(end)}, not {sorted(wanted)}'
    yield from (f'{name} differs' for name in end.keys() & wanted.keys() if end[name] != wanted[name])


def _may_miss(name: str, whole: Reference) -> bool:
    """Whether a file is a checkpoint of an epoch or interval, but not the last one."""
    file = Path(name).name
    return bool(re.fullmatch(r'(epoch|iter)_\d+\.pth', file)) and not whole.last.endswith(file)


def death(place: Path, whole: Reference, number: int) -> Iterator[str]:
    """Let the process die at an operation."""
    code = train(place, whole.kind, Faults(place, number))
    if code != DIED:
        yield f'did not die, but ended with {code}'
    yield from faults_after(place, whole, whole.saved(number, 'rename'))


def failure(place: Path, whole: Reference, number: int, *, error: int, count: int = 1) -> Iterator[str]:
    """Let operations fail."""
    code = train(place, whole.kind, Faults(place, number, count, error))
    if code not in (0, 2):
        yield f'ended with {code}: {(place / "log").read_text()[-1500:]}'
    left = [name for name in files(place) if UNFINISHED in name]
    if left and count == 1 and UNFINISHED not in whole.done[number].paths[0]:
        yield f'left {left}'
    least = whole.saved(len(whole.done), 'rename') if code == 0 else whole.saved(number, 'rename')
    yield from faults_after(place, whole, least, skipped=True)


@dataclass
class Disk:
    """What is on a disk, and what may be.

    Attributes:
        names: Path of every file -> its number.
        durable: The same, of what is on the disk for certain.
        pending: Changes of names that may or may not be.
        written: Content of every number.
        synced: What of it is on the disk for certain.
    """

    names: dict[str, int] = field(default_factory=dict)
    durable: dict[str, int] = field(default_factory=dict)
    pending: list[Operation] = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)
    synced: dict[int, bytes] = field(default_factory=dict)

    def do(self, operation: Operation) -> None:
        """Do an operation."""
        kind, path = operation.kind, operation.paths[0]
        if kind in ('open', 'mkdir'):
            self.written.append(b'')
            operation = Operation(kind, str(len(self.written) - 1), operation.paths)
        if kind in ('open', 'mkdir', 'rename', 'remove'):
            change(self.names, operation)
            self.pending.append(operation)
        elif kind == 'write':
            self.written[self.names[path]] += operation.content
        elif kind == 'fsync' and path in self.names and self.written[self.names[path]]:
            self.synced[self.names[path]] = self.written[self.names[path]]
        elif kind == 'fsync':
            here = [change for change in self.pending if str(Path(change.paths[-1]).parent) == path]
            for one in here:
                change(self.durable, one)
                self.pending.remove(one)
        elif kind not in ('close', 'open folder'):
            raise RuntimeError(f'what a power cut leaves of {kind} is not known')

    def after_power_cut(self) -> Iterator[dict[str, bytes]]:
        """All that may be found: path -> content."""
        for length in range(len(self.pending) + 1):
            for happened in itertools.combinations(self.pending, length):
                names = dict(self.durable)
                for one in happened:
                    change(names, one)
                for content in (self.synced, dict(enumerate(self.written)), self._zeros()):
                    yield {path: content.get(number, b'') for path, number in names.items()}

    def _zeros(self) -> dict[int, bytes]:
        """Files have their lengths and nothing in it."""
        return {number: self.synced.get(number, bytes(len(text))) for number, text in enumerate(self.written)}


def change(names: dict[str, int], operation: Operation) -> None:
    """Let an operation change names, if it can."""
    if operation.kind in ('open', 'mkdir'):
        names[operation.paths[0]] = int(operation.save)
    elif operation.paths[0] in names:
        number = names.pop(operation.paths[0])
        if operation.kind == 'rename':
            names[operation.paths[1]] = number


def power_cuts(whole: Reference, place: Path) -> dict[tuple, tuple[int, int, dict[str, bytes]]]:
    """All that may be found after a power cut before any operation: the number, what was saved, the files."""
    disk, found, base = Disk(), {}, str(place)
    for number in range(len(whole.done) + 1):
        least = whole.saved(number, 'fsync')
        for state in disk.after_power_cut():
            key = tuple(sorted((path, hash(content)) for path, content in state.items()))
            # found after a later operation, more must be saved
            found[key] = (number, least, {path.removeprefix(base): text for path, text in state.items()})
        if number < len(whole.done):
            disk.do(whole.done[number])
    return found


def power_cut(place: Path, whole: Reference, state: Mapping[str, bytes], least: int) -> Iterator[str]:
    """Let the files be what a power cut left."""
    lay_down(place, state)
    yield from faults_after(place, whole, least)


def lay_down(place: Path, state: Mapping[str, bytes]) -> None:
    """Write files, in no order of time; those in folders that got lost are lost."""
    folders = [path for path in ('/kept', '/kept/run') if path in state]
    for folder in ('/run', *folders):
        (place / folder.lstrip('/')).mkdir(exist_ok=True)
    for path in sorted(state.keys() - folders):
        if (place / path.lstrip('/')).parent.is_dir():
            (place / path.lstrip('/')).write_bytes(state[path])


Result = tuple[str, str, list[str]]  # what happened, to which save, what is wrong
Point = tuple[str, str, Callable[[Path], Iterable[str]]]


def points(whole: Reference, place: Path, taken: slice, errors: Iterable[int]) -> Iterator[Point]:
    """All that is tried: what happens, to which save, and the function that does it in a folder."""
    for number in range(len(whole.done))[taken]:
        save = f'{whole.kind}: {whole.done[number].save.partition(",")[0] or "start"}'
        yield 'die', save, partial(death, whole=whole, number=number)
        for error in errors:
            fail = partial(failure, whole=whole, number=number, error=error)
            yield f'fail with {errno.errorcode[error]}', save, fail
        lasting = partial(failure, whole=whole, number=number, error=errno.ENOSPC, count=LASTING)
        yield 'disk full for a while', save, lasting
    states = list(power_cuts(whole, place).values())
    for number, least, state in states[taken]:
        save = whole.done[min(number, len(whole.done) - 1)].save.partition(',')[0] or 'start'
        cut = partial(power_cut, whole=whole, state=state, least=least)
        yield 'lose power', f'{whole.kind}: {save}', cut


def import_libraries() -> None:
    """Import what a training does, once for all processes."""
    importlib.import_module('torch._dynamo')
    for module in ('pyplot', 'figure', 'backends.backend_agg'):
        importlib.import_module(f'matplotlib.{module}')


def walk(
    folder: Path, kinds: Iterable[str], taken: slice, errors: Iterable[int]
) -> Iterator[tuple[str, str, list[str]]]:
    """Try all points: what happened, to which save, what is wrong."""
    for kind in kinds:
        place = folder / kind.replace(' ', '-')
        place.mkdir()
        whole = reference(place, kind)
        for what, save, tried in points(whole, place, taken, errors):
            shutil.rmtree(place)
            place.mkdir()
            yield what, save, list(tried(place))


@click.command()
@click.option('--kind', 'kinds', multiple=True, type=click.Choice(list(TRAININGS)), help='All by default.')
@click.option('--every', type=click.IntRange(1), default=1, show_default=True, help='Take every n-th point.')
@click.option(
    '--first', type=click.IntRange(0), default=0, show_default=True, help='Number of the first point.'
)
@click.option('--error', 'errors', multiple=True, default=[errno.errorcode[error] for error in ERRORS])
def main(kinds: tuple[str, ...], every: int, first: int, errors: tuple[str, ...]) -> None:
    """Try all points; exit with 1 where anything is wrong."""
    import_libraries()
    compat.apply()
    torch.set_num_threads(1)
    mmengine_runner.collect_env = dict  # asks compilers, for longer than a training takes
    tried, wrong = Counter(), Counter()
    numbers = [getattr(errno, error) for error in errors]
    with tempfile.TemporaryDirectory() as folder:
        for what, save, faults in walk(Path(folder), kinds or TRAININGS, slice(first, None, every), numbers):
            tried[save, what] += 1
            wrong[save, what] += bool(faults)
            for fault in faults:
                click.echo(f'{save}, {what}: {fault}')
    for save, what in sorted(tried):
        click.echo(f'{save:40} {what:24} {tried[save, what]:5} tried {wrong[save, what]:5} wrong')
    click.echo(f'{tried.total()} points, {wrong.total()} wrong')
    sys.exit(bool(wrong.total()))


if __name__ == '__main__':
    main()
