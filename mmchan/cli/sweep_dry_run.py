"""``mmchan sweep run --dry-run``: what a sweep would be, and how long it would take."""

from collections.abc import Callable, Sequence

import click
from rich.console import Console

from mmchan.cli.console import console, table
from mmchan.design import spaces
from mmchan.design.spaces import Population
from mmchan.design.spaces.population import COSTS
from mmchan.design.sweeps.estimate import Estimate, estimate, extremes
from mmchan.design.sweeps.plan import Trial, plan_trials
from mmchan.design.sweeps.pools import Pool
from mmchan.design.sweeps.settings import Sweep
from mmchan.design.sweeps.view import brief
from mmchan.runs.view import clock

FIRST = 8  # networks that are shown


def dry_run(sweep: Sweep, workers: Callable[[], Pool]) -> None:
    """Print networks, draws, and the time; write nothing.

    Args:
        sweep: The sweep.
        workers: Opens the pool that times two trials.

    Raises:
        InputError: Where constraints leave too few networks, or a trial fails.
    """
    population = spaces.sample(sweep.space, seed=sweep.seed, count=sweep.count)
    trials = plan_trials(sweep, population)
    shown = console()
    _print_heading(sweep, population, trials)
    _print_costs(shown, population)
    _print_first(shown, trials, len(population))
    click.echo(f'\n{population.drawn}\n')
    cheapest, dearest = extremes(trials)
    click.echo(
        f'timing {cheapest.network["id"]} (fewest activations) and {dearest.network["id"]} (most) ...',
        err=True,
    )
    with workers() as pool:
        _print_time(shown, estimate(sweep, trials, pool), len(trials))


def _print_heading(sweep: Sweep, population: Population, trials: Sequence[Trial]) -> None:
    epochs = sum(trial.epochs for trial in trials)
    of = '' if sweep.name == sweep.space.name else f' of {sweep.space.name}'
    click.echo(
        f'{sweep.name}: {len(population)} networks{of}, seed {sweep.seed}; '
        f'{len(trials)} trials, {epochs} epochs in all, of {sweep.train}'
    )


def _print_costs(shown: Console, population: Population) -> None:
    ranges = table('', 'cost', 'least', 'median', 'most')
    for name in COSTS:
        values = sorted(getattr(population, name).tolist())
        ranges.add_row(name, *(brief(value) for value in (values[0], values[len(values) // 2], values[-1])))
    shown.print(ranges)


def _print_first(shown: Console, trials: Sequence[Trial], networks: int) -> None:
    rows = {trial.index: trial.network for trial in trials if trial.index < FIRST}
    some = table(f'\nthe first of {networks} networks', 'network', *COSTS, 'widths', 'depths')
    for row in rows.values():
        stages = ['-'.join(map(str, row[name])) for name in ('widths', 'depths')]
        some.add_row(row['id'], *(brief(row[name]) for name in COSTS), *stages)
    shown.print(some)


def _print_time(shown: Console, found: Estimate, trials: int) -> None:
    timed = table('', 'timed', 'activations', 'epochs', 'seconds')
    for one in found.timed:
        trial = one.trial
        timed.add_row(trial.network['id'], brief(one.activations), str(trial.epochs), f'{one.seconds:.2f}')
    shown.print(timed)
    click.echo(
        f'\nabout {clock(found.seconds)} for {trials} trials, {found.places} at once, if they do not slow '
        f'each other down; {clock(found.work)} of work'
    )
