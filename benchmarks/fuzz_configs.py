"""Does a mistake in a config ever go unnoticed?

    python benchmarks/fuzz_configs.py --mutants 10000 --out benchmarks/results/fuzz_configs.json

Takes real configs, ours and those that mmpretrain, mmdet and mmseg ship, and makes one mistake in each
copy: a key renamed by a typo, moved to a parent, sibling or child, deleted, or given a value of another kind.
Every mutant goes through the checks of `mmchan train`. Those that pass are really built: the part that was
changed, the Runner and its loops; a share of those on embedded data also trains for one iteration. Ends with
1 where there is a defect. What becomes of a mutant:

caught            a new error before the run.
warned            a new warning before the run.
told              it passes the checks, and the training says before the end of its first iteration which part
                  of the config it failed in, without a traceback.
harmless          it passes the checks, and is built: an optional key is gone, a value is one that the key's
                  owner takes, or a renamed or moved key is an argument of the class that it stands in.
silently ignored  a renamed or moved key passes the checks, and is no argument of the class that it stands
                  in: a defect, unless somebody shows who reads it.
foreign traceback a check, the building or the iteration raises anything but our own refusal: a defect.

A config takes part only if it has no finding of its own and is built; data and weights that are not on this
machine are replaced or left out, and a finding that data is absent is never counted.
"""

import copy
import inspect
import json
import logging
import os
import random
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from unittest import mock

import click
import torch
from config_builds import REFUSED, described, really_build
from config_mistakes import KINDS, TOP, Key, Mutation, dotted, keys_of, value_of
from mmengine import registry
from mmengine.config import Config
from mmengine.dist import init_dist
from mmengine.registry import DefaultScope
from mmengine.runner import Runner
from mmengine.utils.dl_utils import set_multi_processing
from rich.table import Table
from torch.utils.data import DataLoader

from mmchan.checks.config.isolation import isolated
from mmchan.checks.config.keys import check_keys
from mmchan.checks.config.meaning import check_meaning
from mmchan.checks.config.meta import build_part
from mmchan.checks.config.sources import Sources
from mmchan.checks.config.trial import check_trial
from mmchan.cli.console import console, table
from mmchan.errors import InputError
from mmchan.findings import FAIL, WARN, Finding
from mmchan.progress import track
from mmchan.runs import config as config_module
from mmchan.runs.config import load_config
from mmchan.runs.first_iteration import FIRST_ITERATION
from mmchan.runs.preparation import examine_data, loaders_of, sources_of, write_data

ROOT = Path(__file__).parents[1]
LIBRARIES = ('mmpretrain', 'mmdet', 'mmseg')
EMBEDDED = '*digits*'  # configs whose data we write ourselves
# who takes what is in mappings that need no type
OWNERS = {
    **{f'{name}_dataloader': [DataLoader, Runner.build_dataloader] for name in ('train', 'val', 'test')},
    'randomness': [Runner.set_randomness],
    'env_cfg.mp_cfg': [set_multi_processing],
    'env_cfg.dist_cfg': [init_dist],
}
MODEL_KEYS = ('model', 'data_preprocessor', 'optim_wrapper', 'tta_model')  # for which the model is needed

CUSTOM_KEYS = ('optim_wrapper', 'paramwise_cfg', 'custom_keys')
CAUGHT, WARNED, TOLD, HARMLESS, IGNORED, FOREIGN = OUTCOMES = (
    *('caught', 'warned', 'told', 'harmless', 'silently ignored', 'foreign traceback'),
)
DEFECTS = (IGNORED, FOREIGN)


@dataclass
class Sample:
    """A config that takes part.

    Attributes:
        path: Its file.
        cfg: As it is.
        sources: Its files.
        embedded: Whether its data is written by us, so that it can train.
        keys: Every key that may be mutated.
        known: What is found in it as it is.
        needs_model: Whether a stand-in for its model does not do.
    """

    path: Path
    cfg: Config
    sources: Sources
    embedded: bool
    keys: list[Key]
    known: frozenset[Finding] = frozenset()
    needs_model: bool = False


def shipped(rng: random.Random, number: int) -> list[Path]:
    """Our configs on embedded data, and so many others of ours and of each library's."""
    folders = [Path(find_spec(library).origin).parent / '.mim' / 'configs' for library in LIBRARIES]
    found = sorted((ROOT / 'configs').rglob(f'{EMBEDDED}.py'))
    for folder in (ROOT / 'configs', *folders):
        others = sorted(path for path in folder.rglob('*.py') if path not in found)
        found += rng.sample(others, min(number, len(others)))
    return [path for path in found if '_base_' not in path.parts]


def read_sample(path: Path, folder: Path) -> tuple[Sample | None, str]:
    """A config that has no fault of its own; else None and why it does not take part."""
    try:
        cfg = load_config(path)
        cfg.load_from, cfg.resume = None, False
        sample = Sample(path, cfg, sources_of(cfg), path.match(EMBEDDED), keys_of(cfg))
        if sample.embedded:
            list(write_data(cfg, loaders_of(cfg, 'all')))
            _set_in_process(cfg)
        as_run = as_trained(sample, copy.deepcopy(cfg))
        sample.known = frozenset(examine(sample, as_run))
    except InputError as error:
        return None, str(error)
    faults = [str(finding) for finding in sample.known if finding.state == FAIL]
    wrong = faults[0] if faults else really_build(as_run, folder, with_model=True, iterate=False)
    if wrong:
        return None, wrong
    sample.needs_model = bool(really_build(as_run, folder, with_model=False, iterate=False))
    return sample, ''


def _set_in_process(cfg: Config) -> None:
    """No workers, which would cost each mutant more than its iteration."""
    for name in loaders_of(cfg, 'all'):
        cfg[name].update(num_workers=0, persistent_workers=False)


def as_trained(sample: Sample, cfg: Config) -> Config:
    """A config as `mmchan train` makes it of what it reads."""
    with mock.patch.object(config_module, 'load_config', return_value=cfg):
        return config_module.config_to_train(sample.path)


def examine(sample: Sample, cfg: Config) -> Iterator[Finding]:
    """What the checks of a training find, the quick ones first; absent data only where it may be found."""
    loaders = loaders_of(cfg, 'all')
    yield from check_keys(cfg, sample.sources)
    yield from check_meaning(cfg, loaders)
    for finding in examine_data(cfg, loaders):
        absent = any(words in finding.what for words in ('does not exist', 'do not exist', 'is empty'))
        if sample.embedded or not absent:
            yield finding
    yield from check_trial(cfg, loaders)


@dataclass(frozen=True)
class Result:
    """What became of one mutant.

    Attributes:
        number: Of the mutant; it, the seed and the configs give the mutant again.
        config: Its file.
        kind: Of the mistake.
        mutation: The mistake in words.
        outcome: One of :data:`OUTCOMES`.
        trained: Whether it trained for an iteration.
        said: What was reported or raised.
    """

    number: int
    config: str
    kind: str
    mutation: str
    outcome: str
    trained: bool
    said: str


class Fuzz:
    """Mutants by number.

    Args:
        samples: What is mutated.
        seed: Of all mistakes.
        folder: Where the mutants are built, and where the embedded data lies.
        trained: Share of the mutants on embedded data that pass the checks and then train.
    """

    def __init__(self, samples: Sequence[Sample], seed: int, folder: Path, trained: float) -> None:
        self.samples = samples
        self.seed = seed
        self.folder = folder
        self.trained = trained

    def make(self, number: int) -> tuple[Sample, Config, Mutation]:
        """What is mutated, the mutant, and its mistake."""
        rng = random.Random(f'{self.seed} {number}')  # noqa: S311 (no secret)
        kind = list(KINDS)[number % len(KINDS)]
        sample = self.samples[number // len(KINDS) % len(self.samples)]
        while True:
            cfg = copy.deepcopy(sample.cfg)
            mutation = KINDS[kind](rng, cfg, rng.choice(sample.keys))
            if mutation is not None:
                return sample, cfg, mutation

    def run(self, count: int) -> Iterator[Result]:
        """Judge so many mutants."""
        for number in track(range(count), 'making mistakes', unit='mutants'):
            sample, cfg, mutation = self.make(number)
            rng = random.Random(f'train {self.seed} {number}')  # noqa: S311 (no secret)
            iterate = sample.embedded and rng.random() < self.trained
            outcome, said = self._judge(sample, cfg, mutation, iterate)
            path = sample.path
            name = str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path(*path.parts[-3:]))
            trained = iterate and outcome not in (CAUGHT, WARNED)
            yield Result(number, name, mutation.kind, str(mutation), outcome, trained, said)

    def _judge(self, sample: Sample, cfg: Config, mutation: Mutation, iterate: bool) -> tuple[str, str]:
        try:
            cfg = as_trained(sample, cfg)
            for finding in examine(sample, cfg):
                if finding.state in (FAIL, WARN) and finding not in sample.known:
                    return (CAUGHT if finding.state == FAIL else WARNED), str(finding)
        except InputError as error:
            return CAUGHT, str(error)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is counted)
            return FOREIGN, f'checks: {described(error)}'
        ignored = mutation.kind in ('renamed', 'moved') and not is_argument(cfg, mutation.new_key)
        if mutation.key[:-1] == CUSTOM_KEYS:  # of a schedule for many models: of no effect before, either
            ignored = ignored and _names_parameter(cfg, str(mutation.key[-1]))
        with_model = mutation.key[0] in MODEL_KEYS or sample.needs_model
        raised = really_build(cfg, self.folder, with_model=with_model, iterate=iterate)
        if raised:
            return outcome_of(raised), raised
        return (IGNORED if ignored else HARMLESS), ''


def outcome_of(raised: str) -> str:
    """What it is that building or training raised."""
    if not raised.startswith(REFUSED):
        return FOREIGN
    return TOLD if FIRST_ITERATION in raised else CAUGHT


def is_argument(cfg: Config, key: Key) -> bool:
    """Whether a key is an argument of the class whose mapping it stands in, or of its bases."""
    if len(key) == 1:
        return key[0] in TOP
    if key[:-1] == CUSTOM_KEYS:
        return _names_parameter(cfg, str(key[-1]))
    if dotted(key[:-1]) in OWNERS:
        return any(_takes(owner, str(key[-1])) for owner in OWNERS[dotted(key[:-1])])
    kind = value_of(cfg, key[:-1]).get('type')
    scopes = [value_of(cfg, key[:end]) for end in range(len(key))]
    scope = [part['_scope_'] for part in scopes if isinstance(part, Mapping) and '_scope_' in part]
    found = [*_classes(kind, scope[-1] if scope else cfg.get('default_scope') or 'mmengine')]
    return bool(found) and (key[-1] == 'type' or any(_takes(one, str(key[-1])) for one in found))


def _names_parameter(cfg: Config, key: str) -> bool:
    scope = cfg.get('default_scope') or 'mmengine'
    with isolated(), DefaultScope.overwrite_default_scope(scope):
        model = build_part(cfg.model, scope)
    return any(key in name for name, _ in model.named_parameters())


def _classes(kind: object, scope: str) -> Iterator[object]:
    """What a type's name stands for in any of the registries."""
    roots = [root for root in vars(registry).values() if isinstance(root, registry.Registry)]
    for root in roots if isinstance(kind, str) else ():
        with root.switch_scope_and_registry(scope) as own:
            found = own.get(kind)
        if found is not None:
            yield found


def _takes(owner: object, name: str) -> bool:
    bases = owner.__mro__ if inspect.isclass(owner) else [owner]
    calls = [vars(base)['__init__'] for base in bases if '__init__' in vars(base) and base is not object]
    return any(name in inspect.signature(call).parameters for call in calls or [owner])


def summarise(results: Sequence[Result], title: str) -> Table:
    """Counts of outcomes by kind of mistake."""
    grid = table(title, 'mistake', 'mutants', *OUTCOMES)
    counts = Counter((result.kind, result.outcome) for result in results)
    for kind in KINDS:
        _add_row(grid, kind, [counts[kind, outcome] for outcome in OUTCOMES])
    totals = Counter(result.outcome for result in results)
    _add_row(grid, 'all', [totals[outcome] for outcome in OUTCOMES])
    return grid


def _add_row(grid: Table, name: str, cells: Sequence[int]) -> None:
    grid.add_row(name, f'{sum(cells):,}', *(f'{cell:,}' for cell in cells))


@contextmanager
def working_folder() -> Iterator[Path]:
    """A folder to work in without a word, which goes away."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter('ignore')
        logging.disable(logging.CRITICAL)
        os.chdir(folder)
        try:
            yield Path(folder)
        finally:
            os.chdir(before)
            logging.disable(logging.NOTSET)


def told(one: Result) -> Result:
    """A result, after printing it where it is a defect."""
    if one.outcome in DEFECTS:
        click.echo(f'{one.number}: {one.config}: {one.mutation}: {one.outcome}: {one.said}')
    return one


def within(results: Iterable[Result], minutes: float | None) -> Iterator[Result]:
    """The results that come in so many minutes; None waits for all."""
    end = time.monotonic() + 60 * (minutes or float('inf'))
    for result in results:
        yield result
        if time.monotonic() > end:
            return


def gather(paths: Sequence[Path], folder: Path, tell: Callable[[str], object]) -> list[Sample]:
    """The configs that take part; the others are told, with the reason."""
    samples = []
    for path in track(paths, 'reading configs', unit='configs'):
        sample, reason = read_sample(path, folder)
        if sample is None:
            tell(f'left out: {path.name}: {reason.splitlines()[0][:150]}')
        else:
            samples.append(sample)
    return samples


@click.command()
@click.option(
    '--mutants', type=click.IntRange(1), default=10_000, show_default=True, help='Configs with a mistake.'
)
@click.option('--seed', type=int, default=0, show_default=True, help='Of the mistakes and the sample.')
@click.option(
    '--configs', multiple=True, type=click.Path(exists=True, path_type=Path), help='Only these files.'
)
@click.option(
    '--sample', type=click.IntRange(0), default=40, show_default=True, help="Of each library's configs."
)
@click.option(
    '--trained', type=float, default=0.3, show_default=True, help='Share that trains where data is.'
)
@click.option('--minutes', type=click.FloatRange(0), help='Stop making mistakes after so long.')
@click.option(
    '--out', type=click.Path(dir_okay=False, path_type=Path), help='Write counts and defects as JSON.'
)
def main(
    mutants: int,
    seed: int,
    configs: tuple[Path, ...],
    sample: int,
    trained: float,
    minutes: float | None,
    out: Path | None,
) -> None:
    """Make mistakes in configs and count which of them are noticed."""
    torch.set_num_threads(1)
    started = time.monotonic()
    paths = [path.resolve() for path in configs] or shipped(random.Random(seed), sample)  # noqa: S311
    with working_folder() as folder:
        samples = gather(paths, folder, click.echo)
        began = time.monotonic()
        made = Fuzz(samples, seed, folder, trained).run(mutants)
        results = [told(result) for result in within(made, minutes)]
    mutants = len(results)
    console().print(summarise(results, f'{mutants:,} mutants of {len(samples)} configs'))
    defects = [result for result in results if result.outcome in DEFECTS]
    seconds = time.monotonic() - began
    trained_here = sum(result.trained for result in results)
    click.echo(
        f'{len(defects)} defects, {100 * len(defects) / mutants:.2f} %; {trained_here} trained; '
        f'{60 * mutants / seconds:.0f} mutants per minute, {time.monotonic() - started:.0f} s; seed {seed}'
    )
    if out:
        counts = Counter((result.kind, result.outcome) for result in results)
        table_of = {kind: {one: counts[kind, one] for one in OUTCOMES} for kind in KINDS}
        report = {'seed': seed, 'mutants': mutants, 'configs': len(samples), 'trained': trained_here}
        report |= {'counts': table_of, 'defects': [asdict(defect) for defect in defects]}
        out.write_text(json.dumps(report, indent=1) + '\n')
    sys.exit(bool(defects))


if __name__ == '__main__':
    main()
