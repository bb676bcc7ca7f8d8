"""Building and training configs for real, in processes of their own, without data and weights."""

import copy
import multiprocessing
import os
import re
import shutil
import tempfile
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from unittest import mock

import torch
from mmengine import registry
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.registry import DefaultScope
from mmengine.runner import Runner
from torch.utils.data import Dataset

from mmchan.checks.walk import walk
from mmchan.errors import InputError
from mmchan.runs import launch
from mmchan.runs.first_iteration import told_before_the_first_iteration
from mmchan.runs.launch import build_runner
from mmchan.runs.preparation import loaders_of

REFUSED = 'refused'
PATIENCE = 120  # seconds after which a process is taken to hang


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
        out.send(f'{REFUSED}: {error}')
    except Exception as error:  # noqa: BLE001 (whatever it is, it is counted)
        out.send(described(error))
    finally:
        shutil.rmtree(cfg.work_dir, ignore_errors=True)
        os._exit(0)  # nothing of the parent's is to be cleaned up twice


def described(error: Exception) -> str:
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
    with told_before_the_first_iteration(cfg.work_dir):
        for name in loaders_of(cfg, 'all'):
            _build_data(cfg, name)
    if not with_model:
        cfg.model = {'type': 'mmengine.StandInModel'}
    with mock.patch.multiple(Runner, build_model=_without_values, wrap_model=lambda runner, _, model: model):
        runner = build_runner(cfg)
        with told_before_the_first_iteration(cfg.work_dir, runner):
            _build_loops(runner)


def _build_loops(runner: Runner) -> None:
    """What `Runner.train` builds before it trains, and what `Runner.test` does."""
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
