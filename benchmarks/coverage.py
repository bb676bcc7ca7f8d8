"""How often do the bands around a cheap EDF hold the true curve, and what do they save?

    python benchmarks/coverage.py --check
    python benchmarks/coverage.py --curves curves.json --check
    python benchmarks/coverage.py --sweeps SHORT FULL --check --out benchmarks/results/coverage_digits.json

Draws populations again and again, trains (on paper) all of their networks for a fraction of the budget and a
random part to the end, and asks whether the band of `cheap_edf` holds the whole true distribution of final
errors. Beside it stands the plain EDF of as many networks trained to the end as the same compute pays for.

Without --curves and --sweeps the laws of early and final errors are known. With them they are those of a
population that was trained to the end: networks are drawn from it with replacement, and its EDF is the truth.
The sweeps are of the same networks, trained briefly and to the end. The file of curves holds

    {"compute": [0.1, 0.25, 0.5, 1.0], "errors": [[61.2, 40.3, 35.0, 31.9], ...]}

the shares of the budget at which networks were evaluated, ascending to 1, and for each network its errors
there. The last column not beyond --fraction is the early error. Where training cannot go on from there, as
after a cosine that was cut short, a network trained to the end has to begin anew: say so with --restart.
"""

import datetime
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from mmchan import __version__
from mmchan.cli.console import console, table
from mmchan.design.statistics import band, cheap_edf, correlation, dkw_half_width, edf
from mmchan.design.sweeps import read_results
from mmchan.errors import InputError, require
from mmchan.files import replacing
from mmchan.progress import track

RESULT = Path(__file__).parent / 'results' / 'coverage.json'
CONFIDENCE, LEAST_COVERAGE, MOST_COMPUTE = 0.95, 0.93, 0.45
UNIT = (
    'coverage: share of the resamplings whose 95 % band holds the whole true curve; half_width: mean over '
    'them, in shares of the networks; compute: of training all networks to the end; plain: the EDF of as '
    'many networks trained to the end as that compute pays for, with its DKW band; worth: networks trained '
    'to the end whose DKW band is as narrow, mean; correlation: Spearman, of early and final errors; '
    'explained: share of the variance that the predictions explain, mean'
)


@dataclass(frozen=True)
class Population:
    """Networks to draw, and the truth about them.

    Attributes:
        name: For the table.
        draw: From a generator and a number to as many early and final errors.
        share: The true share of networks whose final error is strictly below a value.
        fraction: Of the budget, that early errors take.
    """

    name: str
    draw: Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]]
    share: Callable[[np.ndarray], np.ndarray]
    fraction: float


def known_populations(fraction: float) -> list[Population]:
    """Final errors of a skewed law; early errors that follow them closely, less so, oddly, not at all."""
    from scipy.stats import gamma, norm

    law = gamma(4, loc=25, scale=3)

    def related(correlation: float, bend: Callable[[np.ndarray], np.ndarray]) -> Callable:
        def draw(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
            end, apart = rng.standard_normal((2, count))
            return bend(correlation * end + np.sqrt(1 - correlation**2) * apart), law.ppf(norm.cdf(end))

        return draw

    def straight(scores: np.ndarray) -> np.ndarray:
        return 50 + 9 * scores

    def bent(scores: np.ndarray) -> np.ndarray:
        return np.where(scores > 1.2, 90.0, 50 + 3 * np.exp(scores))  # one in nine has not begun to learn

    draws = {
        'correlation 0.97': related(0.97, straight),
        'correlation 0.9': related(0.9, straight),
        'bent, ties, 0.9': related(0.9, bent),
        'unrelated': related(0.0, straight),
    }
    return [Population(name, draw, law.cdf, fraction) for name, draw in draws.items()]


def trained_population(path: Path, fraction: float) -> Population:
    """The networks of a file of learning curves."""
    content = json.loads(path.read_text(encoding='utf-8'))
    if not isinstance(content, dict) or not {'compute', 'errors'} <= content.keys():
        raise InputError(f'{path} must hold an object with compute and errors')
    compute, errors = np.asarray(content['compute'], float), np.asarray(content['errors'], float)
    rule = 'a row per network, as long as compute'
    require(errors.ndim == 2 and errors.shape[1] == len(compute), 'errors', rule, errors.shape)
    require(bool((np.diff(compute) > 0).all()) and compute[-1] == 1, 'compute', 'ascending to 1', compute)
    require(compute[0] <= fraction, '--fraction', f'at least {compute[0]:g}, the first of compute', fraction)
    early = int(np.searchsorted(compute, fraction, side='right')) - 1

    def draw(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = errors[rng.integers(len(errors), size=count)]
        return chosen[:, early], chosen[:, -1]

    return Population(path.stem, draw, edf(errors[:, -1]), float(compute[early]))


def swept_population(short: Path, full: Path) -> Population:
    """The networks of two sweeps of one population: trained for a few epochs, and to the end."""
    briefly, whole = read_results(short), read_results(full)
    same = briefly.population.ids.tolist() == whole.population.ids.tolist()
    require(same, '--sweeps', 'two sweeps of the same networks', (str(short), str(full)))
    count = len(whole.population)
    for results in (briefly, whole):
        require(len(results) == count, str(results.folder), f'a sweep with all {count} trials', len(results))
    # a network that failed counts as the worst
    early, final = (np.nan_to_num(results.last, nan=1.0) for results in (briefly, whole))

    def draw(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = rng.integers(len(final), size=count)
        return early[chosen], final[chosen]

    fraction = briefly.settings['epochs'] / whole.settings['epochs']
    return Population(whole.name, draw, edf(final), fraction)


@dataclass(frozen=True)
class Plan:
    """What is trained.

    Attributes:
        networks: In all.
        trained: To the end.
        restart: Whether these begin anew.
    """

    networks: int
    trained: int
    restart: bool

    def compute(self, fraction: float) -> float:
        """Of training all networks to the end."""
        further = 1 if self.restart else 1 - fraction
        return fraction + self.trained / self.networks * further


def resample(population: Population, plan: Plan, rng: np.random.Generator) -> dict[str, float]:
    """Draw networks, estimate their curve both ways, and compare with the truth."""
    early, final = population.draw(rng, plan.networks)
    there = rng.permutation(plan.networks) < plan.trained
    cheap = cheap_edf(early, np.where(there, final, np.nan), confidence=CONFIDENCE, seed=rng)
    plain = band(final[: round(plan.networks * plan.compute(population.fraction))], confidence=CONFIDENCE)
    return {
        'coverage': cheap.band.holds(population.share),
        'half_width': cheap.half_width,
        'explained': cheap.explained,
        'worth': cheap.worth,
        'plain_coverage': plain.holds(population.share),
        'correlation': correlation(early, final, permutations=99).value,
    }


def measure(population: Population, plan: Plan, *, resamplings: int, seed: int) -> dict[str, object]:
    """The means over many resamplings of a population."""
    seeds = np.random.SeedSequence(seed).spawn(resamplings)
    rows = [
        resample(population, plan, np.random.default_rng(one))
        for one in track(seeds, population.name, unit='resamplings')
    ]
    mean = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
    compute = plan.compute(population.fraction)
    affordable = round(plan.networks * compute)
    return {
        'population': population.name,
        'correlation': round(mean['correlation'], 3),
        'compute': round(compute, 4),
        'coverage': round(mean['coverage'], 4),
        'half_width': round(mean['half_width'], 4),
        'explained': round(mean['explained'], 3),
        'worth': round(mean['worth']),
        'plain_networks': affordable,
        'plain_coverage': round(mean['plain_coverage'], 4),
        'plain_half_width': round(dkw_half_width(affordable, confidence=CONFIDENCE), 4),
    }


def show(rows: list[dict], plan: Plan) -> None:
    """Print the result as a table."""
    title = f'{plan.trained} of {plan.networks} networks to the end'
    headings = 'population', 'Spearman', 'explained', 'compute', 'coverage', 'half-width', 'worth'
    grid = table(title, *headings, 'plain', 'half-width')
    for row in rows:
        grid.add_row(
            row['population'],
            f'{row["correlation"]:.2f}',
            f'{row["explained"]:.2f}',
            f'{row["compute"]:.1%}',
            f'{row["coverage"]:.1%}',
            f'{row["half_width"]:.3f}',
            str(row['worth']),
            f'{row["plain_networks"]}: {row["plain_coverage"]:.1%}',
            f'{row["plain_half_width"]:.3f}',
        )
    console().print(grid)


@click.command()
@click.option('--curves', type=click.Path(path_type=Path, exists=True), help='Learning curves, as JSON.')
@click.option(
    '--sweeps',
    type=(click.Path(path_type=Path), click.Path(path_type=Path)),
    multiple=True,
    metavar='SHORT FULL',
    help='Folders of two sweeps of the same networks; may be given several times.',
)
@click.option('--networks', type=click.IntRange(80), default=500, show_default=True, help='In a population.')
@click.option('--share', type=float, default=0.25, show_default=True, help='Trained to the end.')
@click.option('--fraction', type=float, default=0.25, show_default=True, help='Of the budget, for all.')
@click.option('--restart', is_flag=True, help='Networks trained to the end begin anew.')
@click.option('--resamplings', type=click.IntRange(1), default=1000, show_default=True)
@click.option('--seed', type=int, default=0, show_default=True, help='Random seed.')
@click.option('--check', is_flag=True, help='Fail for less than 93 % coverage or more than 45 % compute.')
@click.option('--out', type=click.Path(path_type=Path), default=RESULT, help='File for the result.')
def main(
    curves: Path | None,
    sweeps: tuple[tuple[Path, Path], ...],
    networks: int,
    share: float,
    fraction: float,
    restart: bool,
    resamplings: int,
    seed: int,
    check: bool,
    out: Path,
) -> None:
    """Measure how often the bands of cheap EDFs hold the truth, and how narrow they are."""
    for name, value in (('--share', share), ('--fraction', fraction)):
        require(0 < value < 1, name, 'within (0, 1)', value)
    plan = Plan(networks, round(networks * share), restart)
    populations = [swept_population(*pair) for pair in sweeps]
    populations += [trained_population(curves, fraction)] if curves else []
    populations = populations or known_populations(fraction)
    rows = [measure(one, plan, resamplings=resamplings, seed=seed) for one in populations]
    show(rows, plan)
    result = {
        'measured': datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        'versions': {'mmchan': __version__, 'numpy': np.__version__},
        'unit': UNIT,
        'plan': {
            'networks': networks,
            'trained': plan.trained,
            'fraction': populations[0].fraction,
            'restart': restart,
            'resamplings': resamplings,
            'seed': seed,
        },
        'populations': rows,
    }
    with replacing(out) as unfinished:
        unfinished.write_text(json.dumps(result, indent=1) + '\n', encoding='utf-8')
    click.echo(f'written to {out}')
    wrong = [row['population'] for row in rows if not within_limits(row)]
    if check and wrong:
        limits = f'coverage >= {LEAST_COVERAGE:.0%}, compute <= {MOST_COMPUTE:.0%}'
        raise click.ClickException(f'{limits}: not so for {", ".join(wrong)}')


def within_limits(row: dict) -> bool:
    """Whether bands cover often enough and cost little enough."""
    return row['coverage'] >= LEAST_COVERAGE and row['compute'] <= MOST_COMPUTE


if __name__ == '__main__':
    main()
