"""How the folder of a run is laid out; nobody else knows.

MMEngine writes checkpoints and ``last_checkpoint`` into it, and below it a folder for every start: its log,
and in a test its metrics.
"""

import json
from pathlib import Path

from mmchan.errors import InputError
from mmchan.files import write_durably

BEST = 'best_'  # begins the name of a checkpoint that was chosen by a metric
SAVED = 'saved_time'  # key in a checkpoint's meta: nanoseconds, later ones have a greater number
_POINTER = 'last_checkpoint'


def default_work_dir(config: str | Path) -> Path:
    """The folder of a config's runs where neither the command line nor the config names one."""
    return Path('work_dirs', Path(config).stem)


def last_checkpoint(work_dir: str | Path) -> Path | None:
    """The checkpoint that was saved last, also after the folder was moved; None without one.

    The best one, which has another name, was chosen by looking at the images to validate.

    Raises:
        InputError: When it was deleted.
    """
    named = pointed(work_dir)
    if named is None:
        return None
    folder = Path(work_dir)
    # of a folder that was copied, the copy's; MMEngine names it by its absolute path
    inside = folder / (Path(named).name if Path(named).is_absolute() else named)
    found = next((path for path in (inside, folder / Path(named).name, Path(named)) if path.is_file()), None)
    if found is None:
        raise InputError(
            f'{folder / _POINTER} names {named!r}, which does not exist; name a checkpoint (--resume PATH)'
        )
    return found


def pointed(work_dir: str | Path) -> str | None:
    """What ``last_checkpoint`` says: a path as seen from the folder; of MMEngine an absolute one or a URL."""
    pointer = Path(work_dir, _POINTER)
    if not pointer.is_file():
        return None
    return pointer.read_text(encoding='utf-8').strip() or None


def point_at(work_dir: str | Path, checkpoint: str) -> None:
    """Let ``last_checkpoint`` name a checkpoint: as seen from the folder, if it is in it.

    MMEngine's own Runner takes the text for a path as seen from where it was started. A relative one lets it
    fail there, where the absolute one of a copied folder would let it go on from the original.

    Raises:
        OSError: Where it cannot be written.
    """
    folder = Path(work_dir).absolute()
    inside = '://' not in checkpoint and Path(checkpoint).absolute().is_relative_to(folder)
    named = Path(checkpoint).absolute().relative_to(folder).as_posix() if inside else checkpoint
    write_durably(folder / _POINTER, named.encode())


def checkpoints(work_dir: str | Path) -> list[Path]:
    """The checkpoints in the folder, and beside the one that was saved last, if they are kept elsewhere.

    The best ones, which cannot be resumed, are left out.
    """
    try:
        last = last_checkpoint(work_dir)
    except InputError:  # it was deleted
        last = None
    known = [] if last is None else [last, *sorted(last.parent.glob('*.pth'))]
    found = {path.resolve(): path for path in (*known, *sorted(Path(work_dir).glob('*.pth')))}
    return [path for path in found.values() if path.is_file() and not path.name.startswith(BEST)]


def newest_log(work_dir: str | Path) -> Path:
    """The log of the last start of a run.

    Raises:
        InputError: Without one.
    """
    return _newest(work_dir, '*/*.log', 'log')


def newest_metrics(work_dir: str | Path) -> dict[str, float]:
    """The metrics of the last test, by the names that its evaluators give them.

    Raises:
        InputError: Without a test.
    """
    written = _newest(work_dir, '*/*.json', 'metrics of a test')
    return json.loads(written.read_text(encoding='utf-8').splitlines()[-1])


def broken_images(work_dir: str | Path) -> Path:
    """The file in which a training writes down the images that it had to leave out, one JSON per line."""
    return Path(work_dir, 'broken_images.jsonl')


def bad_step(work_dir: str | Path, iteration: int) -> Path:
    """The file from which a training that stopped at NaN or Inf can repeat its last iteration.

    It is no checkpoint to go on from, hence not beside those.
    """
    return Path(work_dir, 'bad_steps', f'iter_{iteration}.pth')


def dumped_config(work_dir: str | Path, config: str | None, timestamp: str) -> Path:
    """The config that a Runner trains with, everything in it, as it writes it."""
    return Path(work_dir, Path(config).name if config else f'{timestamp}.py')


def _newest(work_dir: str | Path, pattern: str, what: str) -> Path:
    found = list(Path(work_dir).glob(pattern))
    if not found:
        raise InputError(f'{work_dir} holds no {what}: nothing has run there')
    return max(found, key=lambda path: path.stat().st_mtime)


# What a training logs. Of ours scalars.jsonl, summary.json and curves.png stand beside the checkpoints, for
# all starts of a run together; MMEngine writes a file of scalars for every start.


def scalars(work_dir: str | Path) -> Path:
    """The file with what a training logged, one JSON per line."""
    return Path(work_dir, 'scalars.jsonl')


def summary(work_dir: str | Path) -> Path:
    """The file that says how a training goes or ended."""
    return Path(work_dir, 'summary.json')


def curves(work_dir: str | Path) -> Path:
    """The picture of loss, metrics and learning rate."""
    return Path(work_dir, 'curves.png')


def scalar_files(run: str | Path) -> list[Path]:
    """The files with what a run logged, one per start; ours, which is whole, alone.

    Args:
        run: A work_dir, the folder of one start, or such a file.

    Raises:
        InputError: When there is none.
    """
    run = Path(run)
    if run.is_file():
        return [run]
    if not run.is_dir():
        raise InputError(f'there is no run {str(run)!r}; name a work_dir')
    stock = Path('vis_data', 'scalars.json')
    candidates = [[scalars(run)], [run / stock], sorted(run.glob(f'*/{stock}'))]
    found = next((files for files in candidates if files and all(file.is_file() for file in files)), None)
    if found is None:
        raise InputError(f'{run} holds no {scalars(run).name} and no */{stock}: no training has logged there')
    return found


def config_of(run: str | Path) -> Path | None:
    """The config that MMEngine wrote into a run's folder at its last start; None without one."""
    run = Path(run)
    folders = [run, run.parent] if (run / 'vis_data').is_dir() else [run]
    found = [path for folder in folders for path in folder.glob('*.py')]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)
