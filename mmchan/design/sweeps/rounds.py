"""The rounds of a sweep: all networks at once, or as many at a time as its sampler learns from."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from mmchan.design import samplers, spaces
from mmchan.design.spaces import Population
from mmchan.design.sweeps import folder as layout
from mmchan.design.sweeps.plan import Trial, plan_trials
from mmchan.design.sweeps.settings import Sweep

Rows = Mapping[str, Mapping[str, object]]


def rounds(sweep: Sweep, folder: Path, rows: Rows) -> Iterator[list[Trial]]:
    """The trials of a sweep, round by round.

    Args:
        sweep: The sweep.
        folder: Where its networks are, and go.
        rows: Of the table, by trial. It is looked into when the next round is asked for, and has to have the
            trials of all rounds before by then.

    Yields:
        The trials of a round, those too that are recorded already: a sampler that learns is taken through
        the same rounds again, and so draws the same networks.

    Raises:
        InputError: Where constraints leave too few networks; where nothing can be written.
    """
    if sweep.sampler == samplers.RANDOM or sweep.given is not None:
        yield plan_trials(sweep, layout.networks_of(folder, sweep))
        return
    sampler = samplers.get(sweep.sampler, sweep.space, seed=sweep.seed)
    networks: Population | None = None
    for first in range(0, sweep.count, sweep.batch):
        asked = sampler.ask(min(sweep.batch, sweep.count - first))
        networks = networks.followed_by(asked) if networks else asked
        _keep(networks, layout.population_file(folder))
        trials = plan_trials(sweep, asked, first=first)
        yield trials
        sampler.tell(errors_of(trials, rows))


def _keep(networks: Population, path: Path) -> None:
    """Write the networks so far, unless an earlier start came further."""
    if not path.exists() or len(spaces.read(path)) < len(networks):
        networks.write(path)


def errors_of(trials: Sequence[Trial], rows: Rows) -> dict[str, float]:
    """The error of each network by id, of the last epoch, averaged over its trainings.

    A network of which a training failed counts as one that cannot be trained: NaN.
    """
    errors: dict[str, list[float]] = {}
    for trial in trials:
        error = rows[trial.name]['last']
        errors.setdefault(trial.network['id'], []).append(math.nan if error is None else error)
    return {network: float(np.mean(each)) for network, each in errors.items()}
