"""Builds the parts of a config on trial, so that what a library raises is found before the run.

Nothing is read, fetched, written or printed, and no state of MMEngine or of the generators changes.
"""

import re
import traceback
from collections.abc import Iterable, Iterator, Mapping
from types import SimpleNamespace

from mmengine.config import Config, ConfigDict
from mmengine.evaluator import Evaluator
from mmengine.optim import OptimWrapper, build_optim_wrapper
from mmengine.registry import (
    DATASETS,
    HOOKS,
    LOG_PROCESSORS,
    LOOPS,
    METRICS,
    MODELS,
    PARAM_SCHEDULERS,
    TRANSFORMS,
    DefaultScope,
    Registry,
)
from mmengine.runner import Runner
from mmengine.visualization import Visualizer
from torch import nn
from torch.utils.data import DataLoader

from mmchan.checks.config.isolation import isolated
from mmchan.checks.config.meta import attempt, build_part, without_starts
from mmchan.checks.config.paramwise import check_custom_keys
from mmchan.checks.config.parts import (
    MISSING,
    class_of,
    default_of,
    listed,
    part,
    scope_of,
    without,
)
from mmchan.checks.config.training import length_of
from mmchan.checks.data import missing_paths
from mmchan.checks.walk import type_name, walk
from mmchan.findings import FAIL, Finding

# what errors that say such things find is the machine's, or that nothing has a value on the meta device
_OTHERS_SAY = re.compile(r"[Mm]eta'? (tensor|device|backend)|(device|on) meta|CUDA|cuda|NVIDIA|process group")
# how libraries say that a package is missing
_ABSENT = re.compile(r'\binstall|requires extra')
NEEDS = 'needs what is not installed here'
# metrics that fetch or write something when they are built
_BUSY_METRICS = ('CocoOccludedSeparatedMetric', 'MOTChallengeMetric', 'NocapsSave', 'ShapeBiasMetric')
# settings of metrics that let them read or write when they are built
_FILES_OF_METRICS = ('ann_file', 'output_dir', 'outfile_prefix', 'seg_out_dir')
# loops that MMEngine takes where a config names none
_LOOPS = {'val_cfg': 'ValLoop', 'test_cfg': 'TestLoop'}
_MMENGINES_LOOPS = ('EpochBasedTrainLoop', 'IterBasedTrainLoop', 'ValLoop', 'TestLoop')
_OF_AMP = ('loss_scale', 'dtype', 'use_fp64')
_SAMPLERS = ('DefaultSampler', 'InfiniteSampler')
_OF_MACHINE = ('pin_memory', 'persistent_workers', 'num_batch_per_epoch')
_MANY = 1_000_000  # iterations of an epoch, whose number nobody knows here


def check_trial(cfg: Config, loaders: Iterable[str]) -> Iterator[Finding]:
    """Build model, data sets, transforms, metrics, and for a training hooks, optimizer, schedulers and loop.

    Args:
        cfg: The config of a run.
        loaders: Names of the data loaders that the run uses.

    Returns:
        A fault for every part that cannot be built, with the innermost part of the config that raised.
    """
    with isolated(), DefaultScope.overwrite_default_scope(scope_of(cfg)):
        Visualizer.get_instance('trial')  # hooks ask for one
        findings = list(_check(cfg, list(loaders)))
    yield from _once(findings)


def _once(findings: list[Finding]) -> Iterator[Finding]:
    """The findings, those about something that is not installed only where it is needed first."""
    told = set()
    for finding in dict.fromkeys(findings):
        if not finding.what.startswith(NEEDS) or finding.what not in told:
            yield finding
        told.add(finding.what)


def _check(cfg: Config, loaders: list[str]) -> Iterator[Finding]:
    scope = scope_of(cfg)
    if not any(cfg.get(loader) for loader in loaders):
        return  # a model alone, for a program to build in a scope of its own
    model, finding = _build('model', _model(cfg), scope, MODELS)
    if finding:
        yield finding
    for loader in loaders:
        yield from _check_loader(cfg, loader)
        yield from _check_data(cfg, loader, scope)
        yield from _check_evaluation(cfg, loader, scope)
    if 'train_dataloader' in loaders:
        yield from _check_hooks(cfg, scope)
        yield from _check_loop(cfg, 'train_cfg', scope)
        log = {'type': 'mmengine.LogProcessor', **part(cfg, 'log_processor')}
        yield from _try('log_processor', log, scope, LOG_PROCESSORS)
        if isinstance(model, nn.Module):
            yield from _check_optimizer(cfg, model, scope)


def _build(
    key: str, settings: Mapping, scope: str, registry: Registry, **defaults: object
) -> tuple[object, Finding | None]:
    """A part of a config, or what is wrong with it; nothing of both where it is not the config's fault."""
    if 'type' not in settings:
        return None, None
    built, error = attempt(build_part, {**defaults, **settings}, scope, registry)
    return built, _fault(key, settings, error)


def _try(
    key: str, settings: Mapping, scope: str, registry: Registry, **defaults: object
) -> Iterator[Finding]:
    """What is wrong with a part of a config."""
    _, finding = _build(key, settings, scope, registry, **defaults)
    if finding:
        yield finding


def _fault(key: str, settings: Mapping, error: Exception | None) -> Finding | None:
    """What an error says, and where in a part of a config it comes from."""
    if error is None:
        return None
    said, place = _said(error), _place(key, settings, error)
    traceback.clear_frames(error.__traceback__)  # which hold what was half built
    if isinstance(error, OSError) or _OTHERS_SAY.search(said):
        return None
    if isinstance(error, ImportError) or _ABSENT.search(said):
        return Finding(FAIL, place, f'{NEEDS}: {said}')
    return Finding(FAIL, place, f'cannot be built: {said}')


def _said(error: Exception) -> str:
    """An error's message in one line, without MMEngine's advice; a KeyError would put it in quotes."""
    message = str(error.args[0] if isinstance(error, KeyError) and error.args else error)
    line = ' '.join(message.split()).partition(' Please check whether the value of')[0]
    return line[:300] or type(error).__name__


def _place(key: str, settings: Mapping, error: Exception) -> str:
    """The key of the innermost part that was being built when an error was raised."""
    parts = {path: node for path, node in walk(settings, key) if 'type' in node}
    for kind, arguments in _being_built(error):
        same = {path: node for path, node in parts.items() if node['type'] == kind}
        exact = [path for path, node in same.items() if _within(node, arguments)]
        if exact or len(same) == 1:
            return next(iter(exact or same))
    return key


def _being_built(error: Exception) -> Iterator[tuple[object, Mapping]]:
    """Type and arguments of what MMEngine was building when an error was raised, the innermost first."""
    for frame in reversed([frame for frame, _ in traceback.walk_tb(error.__traceback__)]):
        if frame.f_code.co_name == 'build_from_cfg':
            yield frame.f_locals.get('obj_type'), frame.f_locals.get('args') or {}


def _within(node: Mapping, arguments: Mapping) -> bool:
    """Whether the plain settings of a part are among the arguments that a class was given."""
    plain = {name: value for name, value in node.items() if isinstance(value, str | int | float)}
    return all(arguments.get(name) == plain[name] for name in set(plain) - {'type', '_scope_'})


def _model(cfg: Config) -> Mapping:
    """The model as MMEngine's Runner builds it."""
    model, pixels = part(cfg, 'model'), part(cfg, 'data_preprocessor')
    return {'data_preprocessor': pixels, **model} if model and pixels else model


def _check_loader(cfg: Config, loader: str) -> Iterator[Finding]:
    """Build a data loader over one sample; other samplers than MMEngine's may ask for more of the data."""
    settings = part(cfg, loader)
    if not settings or not isinstance(settings.get('sampler'), Mapping):
        return
    # what mmchan's commands set by themselves
    plain = without(settings, *_OF_MACHINE)
    if type_name(settings['sampler']) not in _SAMPLERS:
        plain['sampler'] = {'type': 'mmengine.DefaultSampler'}
    _, error = attempt(Runner.build_dataloader, ConfigDict({**plain, 'dataset': [0]}), 0)
    yield from filter(None, [_fault(loader, settings, error)])


def _check_data(cfg: Config, loader: str, scope: str) -> Iterator[Finding]:
    """Build the data sets, none of which reads anything yet, and all transforms, each by itself."""
    for path, node in walk(part(cfg, loader, 'dataset'), f'{loader}.dataset'):
        kind = class_of(node, DATASETS, scope)
        if kind:
            yield from _check_steps(node, path, 'pipeline', scope)
            if _is_lazy(kind, node):
                yield from _try(path, {**without(node, 'pipeline'), 'lazy_init': True}, scope, DATASETS)


def _is_lazy(kind: type, node: Mapping) -> bool:
    """Whether a data set can be built without reading, and wraps no other; absent data is told elsewhere."""
    lazy = default_of(kind, 'lazy_init') is not MISSING
    return lazy and not {'dataset', 'datasets'} & set(node) and not missing_paths(node)


def _check_steps(node: Mapping, path: str, name: str, scope: str) -> Iterator[Finding]:
    """Build the transforms of a pipeline of a part."""
    for key, step in listed(node.get(name), f'{path}.{name}'):
        yield from _try(key, step, node.get('_scope_', scope), TRANSFORMS)


def _check_evaluation(cfg: Config, loader: str, scope: str) -> Iterator[Finding]:
    name = loader.removesuffix('_dataloader')
    for key, metric in listed(cfg.get(f'{name}_evaluator'), f'{name}_evaluator'):
        inner = list(listed(metric.get('metrics'), f'{key}.metrics'))
        for place, one in inner or [(key, metric)]:
            yield from _check_metric(one, place, scope)
    if f'{name}_cfg' in _LOOPS:
        yield from _check_loop(cfg, f'{name}_cfg', scope)


def _check_metric(metric: Mapping, key: str, scope: str) -> Iterator[Finding]:
    if type_name(metric) in _BUSY_METRICS:
        return
    kind = class_of(metric, METRICS, scope)
    # what may be left out: nothing is to be read or written
    bare = without(metric, *(file for file in _FILES_OF_METRICS if default_of(kind, file) is None))
    for finding in _try(key, bare, scope, METRICS):
        # it may not be left out after all
        yield from _try(key, metric, scope, METRICS) if 'None' in finding.what else [finding]


def _check_loop(cfg: Config, key: str, scope: str) -> Iterator[Finding]:
    """Build a loop over nothing."""
    by_epoch = part(cfg, key).get('by_epoch', True)
    train = 'EpochBasedTrainLoop' if by_epoch else 'IterBasedTrainLoop'
    usual = {'type': f'mmengine.{_LOOPS.get(key, train)}'}
    loop = {**usual, **without(part(cfg, key), 'by_epoch', 'fp16')}
    more = {'runner': SimpleNamespace(), 'dataloader': DataLoader([0])}
    if key != 'train_cfg':
        more['evaluator'] = Evaluator([])
    if cfg.get(key) is not None and type_name(loop) in _MMENGINES_LOOPS:
        yield from _try(key, loop, scope, LOOPS, **more)


def _check_hooks(cfg: Config, scope: str) -> Iterator[Finding]:
    hooks = {f'default_hooks.{name}': hook for name, hook in part(cfg, 'default_hooks').items()}
    hooks.update(listed(cfg.get('custom_hooks'), 'custom_hooks'))
    for key, hook in hooks.items():
        if isinstance(hook, Mapping):
            yield from _try(key, without(hook, 'priority'), scope, HOOKS)
            yield from _check_steps(hook, key, 'switch_pipeline', scope)


def _check_optimizer(cfg: Config, model: nn.Module, scope: str) -> Iterator[Finding]:
    """Build the optimizer of a model without values, then its schedulers."""
    settings = part(cfg, 'optim_wrapper')
    if not isinstance(settings.get('optimizer'), Mapping):  # several, or none
        return
    yield from check_custom_keys(settings, model)
    plain = _without_amp(settings)
    wrapper, error = attempt(build_optim_wrapper, model, plain)
    finding = _fault('optim_wrapper', plain, error)
    if finding:
        yield finding
    if isinstance(wrapper, OptimWrapper):
        yield from _check_schedulers(cfg, wrapper, scope)


def _without_amp(settings: Mapping) -> ConfigDict:
    """An optimizer's wrapper as it is for any machine and precision."""
    plain = without_starts(settings)
    if type_name(plain) == 'AmpOptimWrapper':
        plain = ConfigDict({**without(plain, *_OF_AMP), 'type': 'OptimWrapper'})
    return plain


def _check_schedulers(cfg: Config, wrapper: OptimWrapper, scope: str) -> Iterator[Finding]:
    length = length_of(cfg)
    for key, scheduler in listed(cfg.get('param_scheduler'), 'param_scheduler'):
        counts = length and bool(scheduler.get('by_epoch', True)) == (length.unit == 'epochs')
        end = {'end': length.number} if counts else {}
        more = {'optimizer': wrapper, 'epoch_length': _MANY}
        yield from _try(key, scheduler, scope, PARAM_SCHEDULERS, **end, **more)
