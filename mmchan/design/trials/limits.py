"""What in a training config the fast path cannot do as the ordinary one does."""

from collections.abc import Iterator, Mapping, Sequence

from mmengine.config import Config

from mmchan.checks.config.parts import listed
from mmchan.checks.walk import type_name
from mmchan.data.augmentation import Augmentation
from mmchan.data.in_memory import FIXED, PACK

OBJECTIVE = 'accuracy/top1'
# place in the config -> types that are trained alike; '' where the library takes its usual one
_TYPES: dict[str, tuple[str, ...]] = {
    'model': ('ImageClassifier',),
    'model.head': ('ClsHead', 'LinearClsHead'),
    'model.data_preprocessor': ('', 'ClsDataPreprocessor'),
    'data_preprocessor': ('', 'ClsDataPreprocessor'),
    'train_cfg': ('', 'EpochBasedTrainLoop'),
    'val_cfg': ('', 'ValLoop'),
    'optim_wrapper': ('', 'OptimWrapper'),
    'train_dataloader.sampler': ('DefaultSampler',),
}
_ABSENT = (
    'auto_scale_lr.enable',
    'custom_hooks',
    'data_preprocessor.batch_augments',
    'load_from',
    'model.data_preprocessor.batch_augments',
    'model.pretrained',
    'model.train_cfg',
    'resume',
    'runtime_cfg.total_batch_size',
    'train_cfg.dynamic_intervals',
    'train_dataloader.batch_sampler',
    'val_cfg.fp16',
)
# hooks that watch, save and draw; and the one whose work the fast path does
_HOOKS = (
    'CheckpointHook',
    'DistSamplerSeedHook',
    'IterTimerHook',
    'LoggerHook',
    'ParamSchedulerHook',
    'RuntimeInfoHook',
    'VisualizationHook',
)
_RUNNERS = ('', 'Runner', 'ExactRunner')


def obstacles(cfg: Config, objective: str = OBJECTIVE, *, test: bool = False) -> list[str]:
    """Everything in a config that only the ordinary path can do; empty where the fast one trains it.

    Args:
        cfg: The config of a trial.
        objective: Name of the metric that is wanted.
        test: Whether the data to test is looked at too.
    """
    found = [*_types(cfg), *_present(cfg), *_hooks(cfg)]
    if objective != OBJECTIVE:
        found.append(f'objective {objective}')
    for part in ('val', *['test'] * test):
        found += _evaluator(cfg, f'{part}_evaluator')
    for part in ('train', 'val', *['test'] * test):
        found += _loader(cfg, f'{part}_dataloader')
    return list(dict.fromkeys(found))


def _at(cfg: Config, path: str) -> object:
    """What stands at a dotted path; None where nothing does."""
    first, *rest = path.split('.')
    part = cfg.get(first)
    for name in rest:
        part = part.get(name) if isinstance(part, Mapping) else None
    return part


def _types(cfg: Config) -> Iterator[str]:
    if cfg.get('default_scope') != 'mmpretrain':
        yield f'default_scope = {cfg.get("default_scope")!r}'
    if str(cfg.get('runner_type') or '').rpartition('.')[2] not in _RUNNERS:
        yield f'runner_type = {cfg["runner_type"]!r}'
    for path, known in _TYPES.items():
        part = _at(cfg, path)
        name = type_name(part) if isinstance(part, Mapping) else ''
        if name not in known:
            yield f'{path}: {name or "none"}'


def _present(cfg: Config) -> Iterator[str]:
    yield from (path for path in _ABSENT if _at(cfg, path))


def _hooks(cfg: Config) -> Iterator[str]:
    hooks = cfg.get('default_hooks') or {}
    if 'param_scheduler' in hooks and not hooks['param_scheduler']:
        yield 'default_hooks.param_scheduler = None'
    for name, hook in hooks.items():
        # a hook without a type is completed by name
        if isinstance(hook, Mapping) and type_name(hook) not in ('', *_HOOKS):
            yield f'default_hooks.{name}: {type_name(hook)}'
    for path, scheduler in listed(cfg.get('param_scheduler'), 'param_scheduler'):
        if type_name(scheduler).startswith('ReduceOnPlateau'):
            yield f'{path}: {type_name(scheduler)}'


def _evaluator(cfg: Config, evaluator: str) -> Iterator[str]:
    metrics = [metric for _, metric in listed(cfg.get(evaluator), evaluator)]
    kinds = ', '.join(map(type_name, metrics)) or 'none'
    plain = [set(metric) <= {'type', 'topk', '_scope_'} for metric in metrics]
    if kinds != 'Accuracy' or not all(plain):
        yield f'{evaluator}: {kinds}' + (' with more than its topk' if kinds == 'Accuracy' else '')


def _loader(cfg: Config, loader: str) -> Iterator[str]:
    dataset = _at(cfg, f'{loader}.dataset')
    if not isinstance(dataset, Mapping) or 'pipeline' not in dataset:
        yield f'{loader}.dataset without a pipeline of its own'
        return
    steps = list(dataset['pipeline'])
    if not steps or dict(steps[-1]) != PACK:
        yield f'{loader}.dataset.pipeline: its last step is not a plain PackInputs'
    hindrances = _steps(steps[:-1], is_random=loader == 'train_dataloader')
    yield from (f'{loader}.dataset.pipeline: {words}' for words in hindrances)


def _steps(steps: Sequence[Mapping], *, is_random: bool) -> Iterator[str]:
    """What in a pipeline, up to its last step, cannot be done."""
    fixed = [type_name(step) in FIXED for step in steps]
    random = [step for step, is_fixed in zip(steps, fixed, strict=True) if not is_fixed]
    if fixed != sorted(fixed, reverse=True):
        yield 'what is random comes before what is not'
    hindrances = Augmentation.hindrances(random)
    yield from hindrances
    if random and not hindrances and not is_random:
        yield 'random steps'
