"""Do the papers' findings hold on small images? Hypotheses that were written down first, then tested.

    python benchmarks/science/run.py
    python benchmarks/science/run.py --count 4 --epochs 1 --work-dir work_dirs/trial --result trial.json

Trains the populations of hypotheses.yml, one after another; started again, it goes on where it was. Then
tests every hypothesis and keeps what came out in benchmarks/results/science.json, from which the page "What
we found" is made. Needs Fashion-MNIST: mmchan data fashion-mnist.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np
import yaml
from rich.table import Table

from mmchan.cli.console import console, table
from mmchan.cli.pools import Running, run_and_tell, running_options
from mmchan.design.statistics import advantage, compare, holm, smallest_advantage
from mmchan.design.sweeps import Results, read_results, read_sweep
from mmchan.errors import InputError
from mmchan.files import replacing

HERE = Path(__file__).parent
HYPOTHESES = HERE / 'hypotheses.yml'
RESULT = HERE.parent / 'results' / 'science.json'


@dataclass(frozen=True)
class Hypothesis:
    """What is said beforehand.

    Attributes:
        name: In a sentence.
        better: Population whose errors are said to be smaller.
        worse: The other.
        source: Who found so on other data.
    """

    name: str
    better: str
    worse: str
    source: str


@dataclass(frozen=True)
class Plan:
    """What hypotheses.yml says."""

    significance: float
    power: float
    populations: Sequence[str]
    repeated: str
    hypotheses: Sequence[Hypothesis]


def read_plan(path: Path = HYPOTHESES) -> Plan:
    """The hypotheses as they were written down."""
    said = yaml.safe_load(path.read_text(encoding='utf-8'))
    return Plan(**{**said, 'hypotheses': [Hypothesis(**one) for one in said['hypotheses']]})


@click.command(help=__doc__.splitlines()[0])
@running_options
@click.option(
    '--count', type=click.IntRange(2), help='Networks of each population, for a trial of this script.'
)
@click.option('--epochs', type=click.IntRange(1), help='Likewise.')
@click.option('--result', type=click.Path(dir_okay=False, path_type=Path), default=RESULT, show_default=True)
def main(running: Running, count: int | None, epochs: int | None, result: Path) -> None:
    """Train, test, keep."""
    plan = read_plan()
    folder = running.folder('', 'science')
    changes = {name: value for name, value in (('count', count), ('epochs', epochs)) if value}
    for name in (*plan.populations, plan.repeated):
        train(name, folder / name, running, changes)
    found = tested(plan, {name: read_results(folder / name) for name in plan.populations})
    found['repeated'] = noise(read_results(folder / plan.repeated))
    with replacing(result) as unfinished:
        unfinished.write_text(json.dumps(found, indent=1) + '\n', encoding='utf-8')
    console().print(shown(found))
    click.echo(f'kept in {result}')
    click.echo(f'mmchan sweep report {" ".join(str(folder / name) for name in plan.populations)}')


def train(name: str, folder: Path, running: Running, changes: Mapping[str, int]) -> None:
    """Run the sweep of one population, or what is left of it."""
    sweep = replace(read_sweep(HERE / 'configs' / f'{name}.py'), **changes)
    run_and_tell(sweep, folder, running)


def tested(plan: Plan, results: Mapping[str, Results]) -> dict[str, object]:
    """Every number of the outcome."""
    errors = {name: test_errors(one) for name, one in results.items()}
    strictest = plan.significance / len(plan.hypotheses)
    rows = []
    for one in plan.hypotheses:
        better, worse = errors[one.better], errors[one.worse]
        found = advantage(better, worse)
        distance = compare(better, worse)
        rows.append(
            {
                'name': one.name,
                'better': one.better,
                'worse': one.worse,
                'source': one.source,
                'sizes': list(found.sizes),
                'probability': found.probability,
                'p_value': found.p_value,
                'smallest': smallest_advantage(*found.sizes, significance=strictest, power=plan.power),
                'median_difference': float(np.median(worse) - np.median(better)),
                'ks': {
                    'difference': distance.difference,
                    'signed': distance.signed,
                    'p_value': distance.p_value,
                },
            }
        )
    for row, corrected in zip(rows, holm([row['p_value'] for row in rows]).tolist(), strict=True):
        row['corrected_p_value'] = corrected
        row['holds'] = corrected < plan.significance
    return {
        'significance': plan.significance,
        'power': plan.power,
        'populations': {name: facts(one, errors[name]) for name, one in results.items()},
        'hypotheses': rows,
    }


def test_errors(results: Results) -> np.ndarray:
    """The error of each network on the test split; a failed one counts as the worst."""
    if not len(results):
        raise InputError(f'{results.folder} has no trial')
    return np.where(np.isnan(results.test), np.inf, results.test)


def noise(results: Results) -> dict[str, object]:
    """How much the error of a network differs from seed to seed, and errors of networks from each other.

    Variance components of a one-way layout with random effects, networks without a failed trial.
    """
    networks, repeats = len(results.population), int(results.settings['repeats'])
    errors = np.full((networks, repeats), np.nan)
    errors[results.index, [row['repeat'] for row in results.rows]] = test_errors(results)
    errors = errors[np.isfinite(errors).all(axis=1)]
    within = float(errors.var(axis=1, ddof=1).mean())
    between = max(0.0, float(errors.mean(axis=1).var(ddof=1)) - within / repeats)
    return {
        'name': results.name,
        'networks': len(errors),
        'repeats': repeats,
        'seed_deviation': within**0.5,
        'network_deviation': between**0.5,
        'seed_share': within / (within + between),
    }


def facts(results: Results, errors: np.ndarray) -> dict[str, object]:
    """What a population is, and its errors in short."""
    done = errors[np.isfinite(errors)]
    return {
        'name': results.name,
        'networks': len(errors),
        'failed': int(np.isinf(errors).sum()),
        'epochs': results.settings['epochs'],
        'macs': [int(results.population.macs.min()), int(results.population.macs.max())],
        'errors': {
            'best': float(done.min()),
            'median': float(np.median(done)),
            'mean': float(done.mean()),
            'worst': float(done.max()),
            'all': sorted(done.tolist()),
        },
        'seconds': float(np.nansum(results.column('seconds'))),
    }


def shown(found: Mapping[str, object]) -> Table:
    """The hypotheses as a table."""
    rows = table('Hypotheses', 'hypothesis', 'P(better)', 'to be seen', 'p', 'corrected', 'holds')
    rows.columns[0].no_wrap = False
    for one in found['hypotheses']:
        numbers = [f'{one[key]:.3f}' for key in ('probability', 'smallest')]
        p_values = [f'{one[key]:.2g}' for key in ('p_value', 'corrected_p_value')]
        rows.add_row(one['name'], *numbers, *p_values, 'yes' if one['holds'] else 'no')
    return rows


if __name__ == '__main__':
    main()
