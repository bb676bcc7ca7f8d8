"""The folder of a sweep: what lies in it, and whose it is."""

import contextlib
import difflib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from mmchan.design import spaces
from mmchan.design.spaces import Population
from mmchan.design.sweeps.settings import FORMAT, Sweep
from mmchan.errors import InputError
from mmchan.files import replacing

SHOWN = 8  # lines of what differs between two training configs


def settings_file(folder: Path) -> Path:
    """What the sweep is."""
    return folder / 'sweep.json'


def population_file(folder: Path) -> Path:
    """Its networks, one a line."""
    return folder / 'population.jsonl'


def table_file(folder: Path) -> Path:
    """Its results, one trial a line."""
    return folder / 'trials.jsonl'


def details_file(folder: Path, trial: str) -> Path:
    """The traceback of a trial that failed, or what its worker wrote last."""
    return folder / 'trials' / trial / 'failure.txt'


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let no other sweep run in a folder meanwhile; the lock ends with the process, however that ends.

    Raises:
        InputError: Where one does, or nothing can be written.
    """
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / '.lock')
        lock.acquire(timeout=0)
    except Timeout as error:
        raise InputError(f'another process runs the sweep in {folder}; wait for it, or stop it') from error
    except OSError as error:
        raise InputError(
            f'{folder} cannot be written: {error.strerror}; name another with --work-dir'
        ) from error
    try:
        yield
    finally:
        lock.release()


def prepare(folder: Path, sweep: Sweep) -> None:
    """Make the folder that of a sweep, or check that it is.

    Raises:
        InputError: For the folder of another sweep or another version, with what differs; where nothing can
            be written.
    """
    if settings_file(folder).exists():
        check_same(folder, sweep)
    elif table_file(folder).exists():
        raise InputError(f'{folder} has results but no sweep.json that says of what; name another --work-dir')
    else:
        _write_settings(folder, sweep)


def networks_of(folder: Path, sweep: Sweep) -> Population:
    """The networks of a sweep that are known from the start.

    Raises:
        InputError: Where constraints leave too few networks; where nothing can be written.
    """
    if population_file(folder).exists():
        return spaces.read(population_file(folder))
    population = sweep.given
    if population is None:
        population = spaces.sample(sweep.space, seed=sweep.seed, count=sweep.count)
    population.write(population_file(folder))
    return population


def _write_settings(folder: Path, sweep: Sweep) -> None:
    try:
        with replacing(settings_file(folder)) as unfinished:
            unfinished.write_text(json.dumps(sweep.to_json(), indent=1) + '\n', encoding='utf-8')
    except OSError as error:
        raise InputError(f'{folder} cannot be written: {error.strerror}') from error


def read_settings(folder: Path) -> dict[str, object]:
    """What ``sweep.json`` says.

    Raises:
        InputError: Where there is none, or one of another version.
    """
    path = settings_file(folder)
    try:
        said = json.loads(path.read_text(encoding='utf-8'))
    except (OSError, ValueError) as error:
        raise InputError(f'{folder} is no folder of a sweep: {path} cannot be read: {error}') from error
    if not isinstance(said, dict) or said.get('mmchan') != 'sweep':
        raise InputError(f'{path} is not that of a sweep; mmchan sweep run writes one')
    if said.get('format') != FORMAT:
        raise InputError(
            f'{path} has format {said.get("format")!r}, this version reads {FORMAT}; '
            'use the version of mmchan that wrote it, or another --work-dir'
        )
    return said


def check_same(folder: Path, sweep: Sweep) -> None:
    """Raise InputError, with what differs, where a folder is that of another sweep."""
    said = read_settings(folder)
    if said.get('digest') == sweep.digest:
        return
    wanted = json.loads(json.dumps(sweep.to_json()))
    lines = [
        f'  {name}: {said.get(name)!r} there, {wanted[name]!r} here'
        for name in sweep.settings()
        if name != 'train' and said.get(name) != wanted[name]
    ]
    lines += _training_differences(said.get('train', {}), wanted['train'])
    told = '\n'.join(lines or [f'  digest: {said.get("digest")!r} there, {sweep.digest!r} here'])
    raise InputError(f'{folder} is the folder of another sweep:\n{told}\nName another with --work-dir.')


def _training_differences(there: Mapping, here: Mapping) -> list[str]:
    if there.get('digest') == here['digest']:
        return []
    texts = [str(one.get('text', '')).splitlines() for one in (there, here)]
    changed = [
        line
        for line in difflib.unified_diff(*texts, n=0, lineterm='')
        if line[:1] in '+-' and line[:3] not in ('+++', '---')
    ]
    more = [f'    and {len(changed) - SHOWN} more lines'] if len(changed) > SHOWN else []
    return ['  train (- there, + here):', *(f'    {line}' for line in changed[:SHOWN]), *more]
