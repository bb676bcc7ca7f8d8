"""What runs logged, read and joined over their starts; runs of plain MMEngine too."""

import json
import math
import os
import socket
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from statistics import median

from mmchan.errors import InputError
from mmchan.runs import workdir
from mmchan.runs.scalars import Record, read_records

PLACES = ('mode', 'epoch', 'iter', 'step')  # say where a record stands, not what was measured
TIMES = ('time', 'data_time')
SPEED = 'images_per_second'
STALE = 300  # seconds without a new line after which a run is taken to be stopped


@dataclass(frozen=True)
class Series:
    """One value over the iterations of a run."""

    iterations: tuple[int, ...]
    epochs: tuple[int | None, ...]
    values: tuple[float, ...]

    def best(self, key: str) -> tuple[float, int]:
        """The best value and its index; of several as good ones the first, whose checkpoint is kept."""
        sign = -1 if lower_is_better(key) else 1
        ranked = [(sign * value, -index) for index, value in enumerate(self.values) if math.isfinite(value)]
        index = -max(ranked)[1] if ranked else len(self.values) - 1
        return self.values[index], index


@dataclass(frozen=True)
class RunLog:
    """A run: its scalars, and what its folder says of it.

    Attributes:
        name: What tells it from others that were read with it.
        folder: Its work_dir, or what was named instead.
        series: Key -> values; of a training and of its validations.
        metrics: The keys that validations logged.
        config: Name of its config; empty where it is not known.
        max_epochs: Epochs in all, where they are counted and known.
        max_iterations: Iterations in all, where they are known.
        state: 'finished', 'ended early', 'interrupted', 'failed', 'killed' or 'running'; with a question mark
            where the folder does not tell.
        summary: What summary.json says.
    """

    name: str
    folder: Path
    series: Mapping[str, Series]
    metrics: tuple[str, ...]
    config: str = ''
    max_epochs: int | None = None
    max_iterations: int | None = None
    state: str = ''
    summary: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def iterations(self) -> int:
        """Iterations that are done, as far as it was written down."""
        said = int(self.summary.get('iterations') or 0)
        return max(said, *(series.iterations[-1] for series in self.series.values()))

    @cached_property
    def epoch(self) -> int | None:
        """The epoch of the last record, from 1."""
        return max((series.epochs[-1] or 0 for series in self.series.values()), default=0) or None

    @property
    def speed(self) -> tuple[float, str] | None:
        """Images per second, or iterations per second where the images were not counted, and the unit."""
        if SPEED in self.series:
            return median(self.series[SPEED].values), 'images/s'
        if 'time' in self.series:
            return 1 / median(self.series['time'].values), 'iterations/s'
        return None

    @property
    def waiting(self) -> float | None:
        """The share of time that was spent waiting for data."""
        if 'waiting' in self.series:
            return _mean(self.series['waiting'].values)
        if all(key in self.series for key in TIMES):
            spent, waited = (_mean(self.series[key].values) for key in TIMES)
            return waited / spent if spent else None
        return None


def lower_is_better(key: str) -> bool:
    """Whether small values of a metric are good.

    >>> lower_is_better('val/loss'), lower_is_better('accuracy/top1')
    (True, False)
    """
    return any(part in key.lower() for part in ('loss', 'error', 'err_', 'mae', 'mse'))


def read_logs(runs: Sequence[str | Path]) -> list[RunLog]:
    """Read runs and name them by the parts of their paths that differ.

    Args:
        runs: Work_dirs, folders of single starts, or files of scalars.

    Raises:
        InputError: For one that does not exist or logged nothing.
    """
    return [read_log(run, name=name) for run, name in zip(runs, _short_names(runs), strict=True)]


def read_log(run: str | Path, *, name: str = '') -> RunLog:
    """Read one run.

    Args:
        run: Its work_dir, the folder of one start, or a file of scalars.
        name: How to call it; the folder's name by default.

    Raises:
        InputError: When it does not exist, logged nothing, or its log cannot be read.
    """
    folder = Path(run)
    files = workdir.scalar_files(folder)
    records = _joined([read_records(file) for file in files])
    series, metrics = _series(records)
    if not series:
        raise InputError(f'{folder} holds no logged step yet; {files[-1]} is empty')
    facts = _read_summary(folder) or _facts_of_config(folder)
    log = RunLog(name or folder.resolve().name, folder, series, metrics, summary=facts, **_totals(facts))
    state = _state(facts, log, age=time.time() - files[-1].stat().st_mtime)
    return replace(log, state=state)


def _joined(starts: Iterable[list[Record]]) -> list[Record]:
    """The records of all starts, each of which takes the place of what was logged from its first step on."""
    joined: list[Record] = []
    for records in starts:
        placed = list(_placed(records))
        first = next((record['iter'] for record in placed if record['mode'] == 'train'), None)
        if first is not None:
            joined = [record for record in joined if record['iter'] < first] + placed
    return joined


def _placed(records: Iterable[Record]) -> Iterator[Record]:
    """Records with mode and iteration; MMEngine's of validations say neither, their place does."""
    iteration, epoch = 0, None
    for record in records:
        mode = record.get('mode') or ('train' if 'iter' in record else 'val')
        iteration, epoch = record.get('iter', iteration), record.get('epoch', epoch)
        yield {**record, 'mode': mode, 'iter': iteration, 'epoch': epoch}


def _series(records: Sequence[Record]) -> tuple[dict[str, Series], tuple[str, ...]]:
    points: dict[str, list[tuple[int, int | None, float]]] = {}
    trained = {key for record in records if record['mode'] == 'train' for key in record}
    metrics: dict[str, None] = {}
    for record in records:
        of_validation = record['mode'] == 'val'
        for key, value in _values(record):
            name = f'val/{key}' if of_validation and key in trained else key
            points.setdefault(name, []).append((record['iter'], record['epoch'], value))
            if of_validation:
                metrics[name] = None
    return {key: Series(*zip(*found, strict=True)) for key, found in points.items()}, tuple(metrics)


def _values(record: Record) -> Iterator[tuple[str, float]]:
    """What was measured; null is what JSON makes of a value that is not finite."""
    hidden = (*PLACES, *TIMES) if record['mode'] == 'val' else PLACES
    for key, value in record.items():
        if key not in hidden and (value is None or isinstance(value, (int, float))):
            yield key, math.nan if value is None else float(value)


def _read_summary(folder: Path) -> dict[str, object]:
    path = workdir.summary(folder)
    if not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding='utf-8'))
    except ValueError as error:
        raise InputError(f'{path} is no JSON: {error}; delete it') from error


def _facts_of_config(folder: Path) -> dict[str, object]:
    """What a run of plain MMEngine is to do, by the config that MMEngine wrote down."""
    path = workdir.config_of(folder)
    if path is None:
        return {}
    from mmchan.runs.config import load_config

    loop = load_config(path).get('train_cfg') or {}
    return {
        'config': path.name,
        'max_epochs': loop.get('max_epochs'),
        'max_iterations': loop.get('max_iters'),
    }


def _totals(facts: Mapping[str, object]) -> dict[str, object]:
    return {
        'config': Path(str(facts.get('config') or '')).stem,
        'max_epochs': facts.get('max_epochs'),
        'max_iterations': facts.get('max_iterations'),
    }


def _state(facts: Mapping[str, object], log: RunLog, *, age: float) -> str:
    """What the summary says, if it is still true; else what the log looks like."""
    said = str(facts.get('state', ''))
    if said and said != 'running':
        return said
    if said and facts.get('host') == socket.gethostname():
        return 'running' if _is_alive(int(facts['pid'])) else 'killed'
    if _is_whole(log):
        return 'finished'
    return 'running?' if age < STALE else 'stopped?'


def _is_whole(log: RunLog) -> bool:
    """Whether the last epoch was validated, or the last iteration logged, as far as a log tells."""
    if log.max_iterations:
        return log.iterations >= log.max_iterations
    validated = [log.series[key].epochs[-1] for key in log.metrics]
    return log.max_epochs is not None and log.max_epochs in validated


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of another user
        return True
    return True


def _short_names(runs: Sequence[str | Path]) -> list[str]:
    """The shortest ends of paths that tell all of them apart."""
    parts = [Path(run).resolve().parts for run in runs]
    for count in range(1, max(map(len, parts), default=0) + 1):
        names = ['/'.join(part[-count:]) for part in parts]
        if len(set(names)) == len(names):
            return names
    return [f'{Path(run).name} ({index})' for index, run in enumerate(runs, start=1)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
