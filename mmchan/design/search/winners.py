"""The best networks of a search, and of a sweep, as configs that tools/train.py trains as they are."""

from collections.abc import Sequence
from pathlib import Path

from mmchan.design.search.outcome import SearchOutcome
from mmchan.design.trials import Task
from mmchan.errors import InputError
from mmchan.files import replacing

HEADER = """# python tools/train.py {path}
# Number {rank} of {networks} networks that a search in {space} trained: error {error:.4f} ({objective},
# {epochs} epochs{repeats}), widths {widths}; {macs:,} MACs, {parameters:,} parameters at {resolution} pixels
"""


def write_winners(outcome: SearchOutcome, config: dict, folder: Path, *, count: int = 3) -> list[Path]:
    """Write configs of the best networks.

    Args:
        outcome: Of the search.
        config: The base training config of its trials, resolved.
        folder: Where ``best-1.py``, ``best-2.py``, … go.
        count: How many.

    Returns:
        The files.

    Raises:
        InputError: Where nothing can be written.
    """
    files = []
    for rank, network in enumerate(outcome.best(count), start=1):
        path = folder / f'best-{rank}.py'
        text = _header(outcome, network, path=path, rank=rank) + _config(outcome, network, config)
        try:
            with replacing(path) as unfinished:
                unfinished.write_text(text, encoding='utf-8')
        except OSError as error:
            raise InputError(f'{path} cannot be written: {error.strerror}') from error
        files.append(path)
    return files


def _config(outcome: SearchOutcome, network: int, config: dict) -> str:
    """The training of the first repeat, as Python."""
    from mmchan.design.sweeps.plan import trial_seed
    from mmchan.design.trials.config import trial_config

    settings, population = outcome.settings, outcome.searched.population
    task = Task(
        trial='best',
        arch=population.arch(network),
        seed=trial_seed(settings['seed'], str(population.ids[network]), 0),
        epochs=settings['epochs'],
        config=config,
        objective=settings['objective'],
    )
    return trial_config(task).pretty_text


def _header(outcome: SearchOutcome, network: int, *, path: Path, rank: int) -> str:
    settings, searched = outcome.settings, outcome.searched
    repeats = settings['repeats']
    return HEADER.format(
        path=path,
        rank=rank,
        networks=len(searched.errors),
        space=settings['space']['name'],
        error=searched.errors[network],
        objective=settings['objective'],
        epochs=settings['epochs'],
        repeats=f', mean of {repeats} trainings' if repeats > 1 else '',
        widths=_short(searched.widths(network)),
        macs=int(searched.population.macs[network]),
        parameters=int(searched.population.parameters[network]),
        resolution=settings['space']['resolution'],
    )


def _short(widths: Sequence[int]) -> str:
    return '-'.join(map(str, widths))
