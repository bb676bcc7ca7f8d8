"""The checkpoint that a training goes on from: the newest one that is whole.

Newest by what is in the files. Each says when it was saved, by a clock that never goes back in a training and
its resumed ones (``meta['saved_time']``); of MMEngine's files the date does. The number of iterations would
not do: a folder may hold an older, longer training. Times of files would not do: a copied folder has others.

Reading all files of a long training takes minutes. So those that were written before the one that
``last_checkpoint`` names come only if that one, and all that are younger, are not whole. Where the folder
keeps its times, nothing newer can be among them: the name is written anew after every save. Where it does
not, one save at most: the one that was killed between the file and the name.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mmchan.errors import InputError
from mmchan.findings import FAIL, WARN, Finding, stop_at
from mmchan.runs.workdir import SAVED, checkpoints, last_checkpoint, pointed
from mmchan.weights.checkpoints import read_checkpoint
from mmchan.weights.resumable import lacking

_DATE = '%Y%m%d_%H%M%S'  # of MMEngine's checkpoints, local time
_NANOSECONDS = 10**9


@dataclass
class Choice:
    """What a folder's checkpoints are good for.

    Attributes:
        path: The newest one that is whole; None without one.
        passed: Those that would have come before it, and why they were passed over.
        unfit: Those that are whole and cannot be resumed, and why.
    """

    path: str | None = None
    passed: dict[str, str] = field(default_factory=dict)
    unfit: dict[str, str] = field(default_factory=dict)


def newest_whole(work_dir: str | Path) -> Choice:
    """Choose the checkpoint of a run's folder to go on from.

    Raises:
        InputError: Where there are checkpoints, and none is whole. It names all, with what is wrong.
    """
    named = pointed(work_dir)
    if named and '://' in named:  # kept elsewhere
        return Choice(named)
    choice = Choice()
    for group in _groups(work_dir):
        ages = {path: age for path in group if (age := _age(path, choice)) is not None}
        if ages:
            choice.path = str(max(ages, key=ages.get))
            return choice
    if choice.passed or named:
        last_checkpoint(work_dir)  # may have been deleted, which says more
        wrong = {**choice.passed, **choice.unfit}
        stop_at(Finding(FAIL, f'no checkpoint to resume in {work_dir}', reason) for reason in wrong.values())
    return choice


def check_whole(path: str | Path) -> None:
    """Refuse a checkpoint that a training cannot go on from, and name one of its folder that will do.

    Raises:
        InputError: For a damaged file, and one without what a Runner needs.
    """
    choice = Choice()
    if _age(Path(path), choice) is not None:
        return
    (reason,) = [*choice.passed.values(), *choice.unfit.values()]
    try:
        other = newest_whole(Path(path).parent).path
    except InputError:  # none is; --resume without a path tells why
        other = None
    hint = (
        f'the newest one there that can be resumed: --resume {other}' if other else 'nor can any other there'
    )
    raise InputError(f'{reason}; {hint}')


def passed_over(work_dir: str | Path, chosen: str | Path) -> list[Finding]:
    """What the log of a resumed run should tell: which checkpoints would have come before the chosen one."""
    choice = Choice()
    for group in _groups(work_dir):
        for path in group:
            if path != Path(chosen):
                _age(path, choice)
        if Path(chosen) in group:
            return told(choice, chosen)
    return []


def told(choice: Choice, chosen: str | Path) -> list[Finding]:
    """A finding for each checkpoint that was passed over."""
    where = f'passed over to resume from {chosen}'
    return [Finding(WARN, where, reason) for reason in choice.passed.values()]


def _groups(work_dir: str | Path) -> Iterator[list[Path]]:
    """The checkpoints: the one that was saved last and what is not older as a file; all others."""
    found = checkpoints(work_dir)
    try:
        last = last_checkpoint(work_dir)
    except InputError:  # it was deleted
        last = None
    since = last.stat().st_mtime_ns if last is not None else 0
    yield [path for path in found if path.stat().st_mtime_ns >= since]
    yield [path for path in found if path.stat().st_mtime_ns < since]


def _age(path: Path, choice: Choice) -> tuple[int, int] | None:
    """What orders a checkpoint by time; None for one that will not do, with the reason in the choice."""
    try:
        content = read_checkpoint(str(path), 'meta')  # takes no memory for the weights
    except InputError as error:
        choice.passed[str(path)] = str(error)
        return None
    reason = lacking(content) if isinstance(content, Mapping) else 'it is no checkpoint of a Runner'
    if reason:
        new = f'to start a new training from its weights: --cfg-options load_from={path}'
        choice.unfit[str(path)] = f'{path} cannot be resumed: {reason} ({new})'
        return None
    return _saved(content['meta'], path), content['meta']['iter']


def _saved(meta: Mapping, path: Path) -> int:
    """When a checkpoint was saved, in nanoseconds."""
    if SAVED in meta:
        return int(meta[SAVED])
    try:
        return int(time.mktime(time.strptime(str(meta.get('time')), _DATE))) * _NANOSECONDS
    except ValueError:  # neither ours nor MMEngine's
        return path.stat().st_mtime_ns
