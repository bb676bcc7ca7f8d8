"""Does a mistake in a config ever go unnoticed?

    python benchmarks/fuzz_configs.py --mutants 10000 --out benchmarks/results/fuzz_configs.json

Takes real configs, ours and those that mmpretrain, mmdet and mmseg ship, and makes one mistake in each
copy: a key renamed by a typo, moved to a parent, sibling or child, deleted, or given a value of another kind.
Every mutant goes through the checks of `mmchan train`. Those that pass are really built: the part that was
changed, the Runner and its loops; a share of those on embedded data also trains for one iteration. Ends with
1 where there is a defect. What becomes of a mutant:

caught            a new error before the run.
warned            a new warning before the run.
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
import multiprocessing
import os
import random
import re
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path
from unittest import mock

import click
import torch
from mmengine import registry
from mmengine.config import Config
from mmengine.dist import init_dist
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.registry import DefaultScope
from mmengine.runner import Runner
from mmengine.utils.dl_utils import set_multi_processing
from rich.table import Table
from torch.utils.data import DataLoader, Dataset

from mmchan.checks.config.keys import check_keys
from mmchan.checks.config.meaning import check_meaning
from mmchan.checks.config.sources import Sources
from mmchan.checks.config.trial import check_trial
from mmchan.checks.walk import walk
from mmchan.cli.console import console, table
from mmchan.errors import InputError
from mmchan.findings import FAIL, WARN, Finding
from mmchan.runs import config as config_module
from mmchan.runs import launch
from mmchan.runs.config import load_config
from mmchan.runs.launch import build_runner
from mmchan.runs.preparation import examine_data, loaders_of, sources_of, write_data

ROOT = Path(__file__).parents[1]
LIBRARIES = ('mmpretrain', 'mmdet', 'mmseg')
EMBEDDED = '*digits*'  # configs whose data we write ourselves
PATIENCE = 120  # seconds after which a process is taken to hang
# what the Runner and the tools read; other names at the top are helpers of the files themselves
TOP = {*inspect.signature(Runner.__init__).parameters} - {'self', 'cfg', 'experiment_name', 'work_dir'} | {
    *('runner_type', 'runtime_cfg', 'tta_model', 'tta_pipeline', 'custom_imports'),
    *('activation_checkpointing', 'efficient_conv_bn_eval', 'find_unused_parameters', 'model_wrapper_cfg'),
}
# who takes what is in mappings that need no type
OWNERS = {
    **{f'{name}_dataloader': [DataLoader, Runner.build_dataloader] for name in ('train', 'val', 'test')},
    'randomness': [Runner.set_randomness],
    'env_cfg.mp_cfg': [set_multi_processing],
    'env_cfg.dist_cfg': [init_dist],
}
MODEL_KEYS = ('model', 'data_preprocessor', 'optim_wrapper', 'tta_model')  # for which the model is needed

CAUGHT, WARNED, HARMLESS, IGNORED, FOREIGN = OUTCOMES = (
    *('caught', 'warned', 'harmless', 'silently ignored', 'foreign traceback'),
)
DEFECTS = (IGNORED, FOREIGN)

# ---------------------------------------------------------------------------------------------- mutations

Key = tuple[str | int, ...]


@dataclass(frozen=True)
class Mutation:
    """One mistake.

    Attributes:
        kind: One of :data:`KINDS`.
        how: What kind of it.
        key: Where the mistake was made.
        new_key: Where the value stands now; the same for other values, empty for a deleted key.
        value: The new value, in words.
    """

    kind: str
    how: str
    key: Key
    new_key: Key = ()
    value: str = ''

    def __str__(self) -> str:
        end = f' -> {dotted(self.new_key)}' if self.new_key not in ((), self.key) else ''
        return f'{self.kind} ({self.how}): {dotted(self.key)}{end}{f" = {self.value}" if self.value else ""}'


def dotted(key: Key) -> str:
    """A key as it is written in messages: 'train_pipeline[3].prob'."""
    words = ''.join(f'[{part}]' if isinstance(part, int) else f'.{part}' for part in key)
    return words.removeprefix('.')


def value_of(cfg: Config, key: Key) -> object:
    """The value of a key."""
    node = cfg._cfg_dict
    for part in key:
        node = node[part]
    return node


def tops_of(cfg: Config) -> list[str]:
    """The names at the top of a config that a run may read."""
    own = 'data_preprocessor' in (cfg.get('model') or ())  # then nobody reads the one at the top
    return [name for name in cfg if name in TOP and not (own and name == 'data_preprocessor')]


def keys_of(cfg: Config) -> list[Key]:
    """Every key of a config that a run may read."""
    return [key for name in tops_of(cfg) for key in _keys_below((name,), cfg[name])]


def _keys_below(key: Key, value: object) -> Iterator[Key]:
    if isinstance(key[-1], str) and not key[-1].startswith('_'):  # which MMEngine writes
        yield key
    parts = value.items() if isinstance(value, Mapping) else enumerate(value) if _is_list(value) else ()
    for name, part in parts:
        yield from _keys_below((*key, name), part)


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def rename(rng: random.Random, cfg: Config, key: Key) -> Mutation | None:
    """A typo: two letters swapped, one dropped or doubled. The right key may stay, inherited from a base."""
    name, how = str(key[-1]), rng.choice(['swapped', 'dropped', 'doubled'])
    place = rng.randrange(max(1, len(name) - 1))
    pair = name[place : place + 2]
    typo = {'swapped': pair[::-1], 'dropped': pair[1:], 'doubled': pair[:1] + pair}[how]
    new = name[:place] + typo + name[place + 2 :]
    parent = value_of(cfg, key[:-1])
    if new in parent or not new.strip('_'):
        return None
    kept = rng.random() < 0.5
    parent[new] = copy.deepcopy(parent[name]) if kept else parent.pop(name)
    return Mutation(
        'renamed', f'{how}, {"beside the right one" if kept else "instead"}', key, (*key[:-1], new)
    )


def move(rng: random.Random, cfg: Config, key: Key) -> Mutation | None:
    """To the mapping around its own, to one beside it, or into one within."""
    own, name, tops = value_of(cfg, key[:-1]), key[-1], tops_of(cfg)
    holder = next((key[:end] for end in range(len(key) - 2, -1, -1) if isinstance(key[end], str)), None)
    targets = [
        ('child', (*key[:-1], other))
        for other, part in own.items()
        if isinstance(part, Mapping) and (len(key) > 1 or other in tops)
    ]
    if holder is not None and len(key) > 1:
        around = value_of(cfg, holder)
        targets += [('parent', holder)] if holder else []
        targets += [
            ('sibling', (*holder, other))
            for other, part in around.items()
            if isinstance(part, Mapping) and part is not own and (holder or other in tops)
        ]
    targets = [target for target in targets if target[1] != key and name not in value_of(cfg, target[1])]
    if not targets:
        return None
    how, target = rng.choice(targets)
    value_of(cfg, target)[name] = own.pop(name)
    return Mutation('moved', how, key, (*target, name))


def delete(rng: random.Random, cfg: Config, key: Key) -> Mutation | None:
    """It is gone."""
    own = value_of(cfg, key[:-1])
    own.pop(key[-1])
    if list(own) == ['_scope_']:  # which MMEngine wrote, for a type
        own.pop('_scope_')
    return Mutation('deleted', 'gone', key)


def retype(rng: random.Random, cfg: Config, key: Key) -> Mutation | None:
    """A value of another kind, or one that is out of place."""
    value = value_of(cfg, key)
    choices: dict[str, object] = {'None': None, 'a list': [value], 'text': str(value), 'empty': type(value)()}
    if isinstance(value, int | float) and not isinstance(value, bool):
        choices |= {'negative': -abs(value) or -1, 'empty': 0}
    elif _is_list(value):
        choices |= {'a number': len(value) or 7}
    elif not isinstance(value, bool):
        choices |= {'a number': 7}
    choices = {how: new for how, new in choices.items() if new != value or type(new) is not type(value)}
    how = rng.choice(list(choices))
    value_of(cfg, key[:-1])[key[-1]] = copy.deepcopy(choices[how])
    return Mutation('retyped', how, key, key, repr(choices[how])[:60])


KINDS: Mapping[str, Callable[[random.Random, Config, Key], Mutation | None]] = {
    'renamed': rename,
    'moved': move,
    'deleted': delete,
    'retyped': retype,
}

# ------------------------------------------------------------------------------------------------- corpus


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
    said = faults[0] if faults else really_build(as_run, folder, with_model=True, iterate=False)
    if said:
        return None, said
    sample.needs_model = bool(really_build(as_run, folder, with_model=False, iterate=False))
    return sample, ''


def _set_in_process(cfg: Config) -> None:
    """No workers, which would cost each mutant more than its iteration."""
    for name in loaders_of(cfg, 'all'):
        cfg[name].update(num_workers=0, persistent_workers=False)


# ------------------------------------------------------------------------------------- checks and building


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


def really_build(cfg: Config, folder: Path, *, with_model: bool, iterate: bool) -> str:
    """Build a config's Runner in a process of its own; what it raised, '' for nothing.

    Args:
        cfg: The config.
        folder: Where the process works.
        with_model: Build the model, without values where no iteration follows; else a stand-in.
        iterate: Train for one iteration.
    """
    here, there = multiprocessing.Pipe(duplex=False)
    job = _train if iterate else _build
    process = multiprocessing.get_context('fork').Process(
        target=_in_child, args=(job, cfg, folder, with_model, there)
    )
    process.start()
    there.close()
    try:
        said = here.recv() if here.poll(PATIENCE) else 'hangs'
    except EOFError:
        said = 'crashes'
    process.kill()
    process.join()
    return said


def _in_child(job: Callable, cfg: Config, folder: Path, with_model: bool, out: Connection) -> None:
    os.chdir(folder)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    cfg.work_dir = tempfile.mkdtemp(dir=folder)
    try:
        with mock.patch.object(
            Runner, '_log_env'
        ):  # asks git, the compiler and the driver for their versions
            job(cfg, with_model)
        out.send('')
    except InputError as error:
        out.send(f'refused: {error}')
    except Exception as error:  # noqa: BLE001 (whatever it is, it is counted)
        out.send(_said(error))
    finally:
        shutil.rmtree(cfg.work_dir, ignore_errors=True)
        os._exit(0)  # nothing of the parent's is to be cleaned up twice


def _said(error: Exception) -> str:
    """An exception and where it came from."""
    at = traceback.extract_tb(error.__traceback__)[-1]
    text = ' '.join(f'{type(error).__name__}: {error}'.split())
    return f'{text[:300]} @ {"/".join(Path(at.filename).parts[-3:])}:{at.lineno}'


class Enough(Exception):  # noqa: N818 (no error)
    """One iteration is enough."""


class Stop(Hook):
    """Ends a training after its first iteration."""

    priority = 'LOWEST'

    def after_train_iter(self, *arguments: object, **settings: object) -> None:
        """Ends it."""
        raise Enough


def _train(cfg: Config, with_model: bool) -> None:
    """As `mmchan train` does after its checks."""

    def build(cfg: Config) -> Runner:
        runner = build_runner(cfg)
        runner.register_hook(Stop())
        return runner

    with mock.patch.multiple(launch, prepare=lambda *_, **__: [], build_runner=build):
        try:
            launch.run_training(cfg)
        except Enough:
            return


def _build(cfg: Config, with_model: bool) -> None:
    """All that a training builds, without data: data sets are built, and replaced before they are read."""
    DefaultScope.get_instance('fuzz', scope_name=cfg.get('default_scope') or 'mmengine')
    for name in loaders_of(cfg, 'all'):
        _build_data(cfg, name)
    if not with_model:
        cfg.model = {'type': 'mmengine.StandInModel'}
    with mock.patch.multiple(Runner, build_model=_without_values, wrap_model=lambda runner, _, model: model):
        runner = build_runner(cfg)
        loop = runner.build_train_loop(runner._train_loop)
        runner.optim_wrapper = runner.build_optim_wrapper(runner.optim_wrapper)
        runner._train_loop = loop
        runner.scale_lr(runner.optim_wrapper, runner.auto_scale_lr)
        if runner.param_schedulers is not None:
            runner.build_param_scheduler(runner.param_schedulers)
        if runner._val_loop is not None:
            runner.build_val_loop(runner._val_loop)
        if runner._test_loop is not None:
            runner.build_test_loop(runner._test_loop)


def _build_data(cfg: Config, loader: str) -> None:
    """Build a loader's data set, which is to read nothing, and put a stand-in in its place."""
    for path, dataset in walk(cfg[loader]):
        if re.fullmatch(r'(\.?datasets?(\[\d+])?)+', path) and 'type' in dataset:
            dataset.setdefault('lazy_init', True)
    there = (mock.patch(name, return_value=True) for name in ('mmengine.fileio.exists', 'os.path.isfile'))
    with next(there), next(there):
        registry.DATASETS.build(copy.deepcopy(cfg[loader]['dataset']))
    cfg[loader]['dataset'] = {'type': 'mmengine.StandInData'}
    for _, metric in walk(cfg.get(loader.replace('dataloader', 'evaluator'))):
        metric.pop('ann_file', None)


def _without_values(runner: Runner, model: Mapping) -> torch.nn.Module:
    """The model, in an instant and without memory."""
    numbers = {name: partial(getattr(torch, name), device='cpu') for name in ('linspace', 'arange')}
    with mock.patch.multiple(torch, **numbers), torch.device('meta'):  # some are asked for their values
        return registry.MODELS.build(model)


@registry.DATASETS.register_module(force=True)
class StandInData(Dataset):
    """Some samples that nobody reads."""

    metainfo: Mapping = {}

    def __len__(self) -> int:
        return 8

    def __getitem__(self, index: int) -> dict:
        return {'inputs': torch.zeros(3, 8, 8)}

    def get_data_info(self, index: int) -> dict:
        """What samplers ask for."""
        return {'width': 8, 'height': 8}


@registry.MODELS.register_module(force=True)
class StandInModel(BaseModel):
    """A model for what does not depend on it."""

    def __init__(self, **settings: object) -> None:
        super().__init__()
        self.layer = torch.nn.Conv2d(3, 3, 1)

    def forward(
        self, inputs: torch.Tensor, data_samples: object = None, mode: str = 'tensor'
    ) -> torch.Tensor:
        """Something."""
        return self.layer(inputs)


# -------------------------------------------------------------------------------------------------- judging


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
        sample = self.samples[number % len(self.samples)]
        kind = list(KINDS)[number // len(self.samples) % len(KINDS)]
        while True:
            cfg = copy.deepcopy(sample.cfg)
            mutation = KINDS[kind](rng, cfg, rng.choice(sample.keys))
            if mutation is not None:
                return sample, cfg, mutation

    def run(self, count: int) -> Iterator[Result]:
        """Judge so many mutants."""
        for number in range(count):
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
            return FOREIGN, f'checks: {_said(error)}'
        ignored = mutation.kind in ('renamed', 'moved') and not is_argument(cfg, mutation.new_key)
        with_model = mutation.key[0] in MODEL_KEYS or sample.needs_model
        said = really_build(cfg, self.folder, with_model=with_model, iterate=iterate)
        if said:
            return (CAUGHT if said.startswith('refused') else FOREIGN), said
        return (IGNORED if ignored else HARMLESS), ''


def is_argument(cfg: Config, key: Key) -> bool:
    """Whether a key is an argument of the class whose mapping it stands in, or of its bases."""
    if len(key) == 1:
        return key[0] in TOP
    if dotted(key[:-1]) in OWNERS:
        return any(_takes(owner, str(key[-1])) for owner in OWNERS[dotted(key[:-1])])
    kind = value_of(cfg, key[:-1]).get('type')
    scopes = [value_of(cfg, key[:end]) for end in range(len(key))]
    scope = [part['_scope_'] for part in scopes if isinstance(part, Mapping) and '_scope_' in part]
    found = [*_classes(kind, scope[-1] if scope else cfg.get('default_scope') or 'mmengine')]
    return bool(found) and (key[-1] == 'type' or any(_takes(one, str(key[-1])) for one in found))


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


def gather(paths: Sequence[Path], folder: Path, tell: Callable[[str], object]) -> list[Sample]:
    """The configs that take part; the others are told, with the reason."""
    samples = []
    for path in paths:
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
@click.option(
    '--out', type=click.Path(dir_okay=False, path_type=Path), help='Write counts and defects as JSON.'
)
def main(
    mutants: int, seed: int, configs: tuple[Path, ...], sample: int, trained: float, out: Path | None
) -> None:
    """Make mistakes in configs and count which of them are noticed."""
    torch.set_num_threads(1)
    started = time.monotonic()
    paths = [path.resolve() for path in configs] or shipped(random.Random(seed), sample)  # noqa: S311
    with working_folder() as folder:
        samples = gather(paths, folder, click.echo)
        began = time.monotonic()
        results = list(Fuzz(samples, seed, folder, trained).run(mutants))
    console().print(summarise(results, f'{mutants:,} mutants of {len(samples)} configs'))
    defects = [result for result in results if result.outcome in DEFECTS]
    for one in defects:
        click.echo(f'{one.number}: {one.config}: {one.mutation}: {one.outcome}: {one.said}')
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
