"""How the folder of a run is laid out; nobody else knows.

MMEngine writes checkpoints and ``last_checkpoint`` into it, and below it a folder for every start: its log,
and in a test its metrics.
"""

import json
from pathlib import Path

from mmchan.errors import InputError


def default_work_dir(config: str | Path) -> Path:
    """The folder of a config's runs where neither the command line nor the config names one."""
    return Path('work_dirs', Path(config).stem)


def last_checkpoint(work_dir: str | Path) -> Path | None:
    """The checkpoint of the last epoch that was saved, also after the folder was moved; None without one.

    The best one, which has another name, was chosen by looking at the images to validate.

    Raises:
        InputError: When it was deleted.
    """
    pointer = Path(work_dir, 'last_checkpoint')
    if not pointer.is_file():
        return None
    named = Path(pointer.read_text(encoding='utf-8').strip())
    # of a folder that was copied, the copy's
    found = next((path for path in (pointer.with_name(named.name), named) if path.is_file()), None)
    if found is None:
        raise InputError(
            f'{pointer} names {str(named)!r}, which does not exist; name a checkpoint (--resume PATH)'
        )
    return found


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
