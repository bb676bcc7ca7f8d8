"""Is every key of a config one that something reads, and its value of a kind that it takes?"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from mmengine.config import Config
from mmengine.dist import init_dist
from mmengine.utils.dl_utils import set_multi_processing

from mmchan.checks.config import fields, places
from mmchan.checks.config.fields import Field, check_fields, check_required, check_values, slips
from mmchan.checks.config.optimizer import check_optim_wrapper
from mmchan.checks.config.registered import find_all, library
from mmchan.checks.config.signatures import accepted
from mmchan.checks.config.sources import Sources
from mmchan.checks.config.typed import (
    check_built,
    check_part,
    check_parts,
    models_in,
    stages_in,
    unknown_type,
)
from mmchan.errors import suggestion
from mmchan.findings import FAIL, Finding

_LETTERS_PER_SLIP = 5  # config files also hold variables of any name


def check_keys(cfg: Config, sources: Sources | None = None) -> Iterator[Finding]:
    """Check the names of a config's keys and the kinds of its values, as far as code tells them.

    Nothing is built, run or read.

    Args:
        cfg: The config of a run.
        sources: Where the config's keys were set; without it, what ``--cfg-options`` set is not known.

    Returns:
        A fault for every key that nothing reads, argument that a type does not take, missing required one,
        and value of a wrong kind, with the nearest valid name.
    """
    yield from _top_names(cfg, sources)
    yield from check_values('', cfg, fields.TOP)
    given = cfg.get('default_scope')
    scope = 'mmengine' if given is None else given
    if not scope or library(str(scope)) is None:
        yield Finding(
            FAIL, 'default_scope', f'there is no package {scope!r} here', 'name an installed library'
        )
        return
    yield from check_required('', cfg, ['model'])
    for name, value in cfg.items():
        yield from _at_top(name, value, scope)
    yield from _data_preprocessor(cfg, sources, scope)


def _top_names(cfg: Config, sources: Sources | None) -> Iterator[Finding]:
    for name in sorted(cfg.keys() - places.known_top()) if sources else ():
        if any(key.split('.')[0] == name for key in sources.options):
            remedy = _remedy_of_option(name, sources.names_read)
        else:
            remedy = '' if name in sources.names_read else _misspelt(name, places.known_top())
        if remedy:
            yield Finding(FAIL, name, 'nothing reads this name', remedy)


def _misspelt(name: str, known: Iterable[str]) -> str:
    """The known name that a name is but for a few slips; '' where there is none."""
    near = min(known, key=lambda each: slips(name, each))
    is_near = slips(name, near) <= max(1, len(name) // _LETTERS_PER_SLIP)
    return f'did you mean {near!r}?' if is_near else ''


def _remedy_of_option(name: str, read: Iterable[str]) -> str:
    if name in read:
        return 'it is a variable of the config file, which was read before; set what the file made of it'
    return suggestion(name, places.known_top())


def _at_top(name: str, value: object, scope: str) -> Iterator[Finding]:
    """Check one of the names that MMEngine reads."""
    if name in places.TOP:
        yield from check_parts(name, value, replace(places.TOP[name], scope=scope))
    elif name in _CHECKS and isinstance(value, Mapping):
        yield from _CHECKS[name](name, value, scope)
    elif name in places.EVALUATORS:
        yield from check_parts(name, value, replace(places.METRIC, scope=scope))
    elif name == 'param_scheduler':
        yield from check_parts(name, value, replace(places.SCHEDULER, scope=scope))
    elif name == 'runner_type' and value == '':
        yield Finding(
            FAIL, name, f'must be the name of a Runner, got {value!r}', "leave it out for MMEngine's"
        )
    elif name == 'runner_type':
        yield from unknown_type(name, value, replace(places.RUNNER, scope=scope))


def _model(path: str, model: Mapping, scope: str) -> Iterator[Finding]:
    readers, stages = models_in(model, scope), stages_in(model, scope)
    yield from check_part(path, model, replace(places.MODEL, scope=scope, readers=readers, stages=stages))


def _loader(path: str, loader: Mapping, scope: str) -> Iterator[Finding]:
    yield from check_fields(path, loader, fields.LOADER)
    needed = ['dataset', 'sampler']
    if path == 'train_dataloader' or isinstance(loader.get('batch_sampler'), Mapping):
        needed.append('batch_size')  # torch would take one sample, which no training means
    yield from check_required(path, loader, needed)
    if loader.get('shuffle') and loader.get('sampler') is not None:
        yield Finding(FAIL, f'{path}.shuffle', 'the sampler decides the order', f'set {path}.sampler.shuffle')
    yield from check_built(path, loader, places.LOADER, scope)


def _evaluator(path: str, evaluator: Mapping, scope: str) -> Iterator[Finding]:
    place = places.EVALUATOR if 'metrics' in evaluator else places.METRIC
    yield from check_parts(path, evaluator, replace(place, scope=scope))


def _schedulers(path: str, schedulers: Mapping, scope: str) -> Iterator[Finding]:
    """Check one scheduler, or those of several optimizers."""
    each = {path: schedulers}
    if 'type' not in schedulers and all(isinstance(part, Mapping | list) for part in schedulers.values()):
        each = {f'{path}.{name}': scheduler for name, scheduler in schedulers.items()}
    for where, scheduler in each.items():
        yield from check_parts(where, scheduler, replace(places.SCHEDULER, scope=scope))


def _train_loop(path: str, loop: Mapping, scope: str) -> Iterator[Finding]:
    place = replace(places.LOOPS[path], scope=scope)
    if 'type' not in loop and 'by_epoch' not in loop:
        yield Finding(FAIL, path, "it needs 'by_epoch' or a type", f'set {path}.by_epoch')
        return
    if 'type' in loop and 'by_epoch' in loop:
        where = f'{path}.by_epoch'
        yield Finding(FAIL, where, 'MMEngine takes a type or this, not both', f'remove {where}')
    kind = 'EpochBasedTrainLoop' if loop.get('by_epoch') else 'IterBasedTrainLoop'
    yield from check_part(path, loop, replace(place, default=kind, extra=frozenset({'by_epoch'})))


def _loop(path: str, loop: Mapping, scope: str) -> Iterator[Finding]:
    yield from check_part(path, loop, replace(places.LOOPS[path], scope=scope))


def _default_hooks(path: str, hooks: Mapping, scope: str) -> Iterator[Finding]:
    """Check the default hooks: MMEngine takes any name there that has a hook of its own."""
    own = [
        name
        for name, hook in hooks.items()
        if isinstance(hook, Mapping) and 'type' in hook and not _misspelt(name, fields.DEFAULT_HOOKS)
    ]
    known = {**dict.fromkeys(own, fields.OWN_HOOK), **fields.DEFAULT_HOOKS}
    yield from check_fields(path, hooks, known)
    yield from check_built(path, hooks, dict.fromkeys(known, places.HOOK), scope)


def _runtime(path: str, settings: Mapping, scope: str) -> Iterator[Finding]:
    yield from check_fields(path, settings, fields.RUNTIME)
    yield from check_built(path, settings, places.RUNTIME_HOOKS, scope)


def _named_settings(path: str, settings: Mapping, scope: str) -> Iterator[Finding]:
    yield from check_fields(path, settings, fields.AT_TOP[path])
    yield from check_required(path, settings, ['seed'] if path == 'randomness' else [])


def _environment(path: str, environment: Mapping, scope: str) -> Iterator[Finding]:
    yield from check_fields(path, environment, fields.ENVIRONMENT)
    for name, reader in {'mp_cfg': set_multi_processing, 'dist_cfg': init_dist}.items():
        if isinstance(environment.get(name), Mapping):
            known = {key: Field(kinds) for key, kinds in accepted(reader).kinds.items()}
            yield from check_fields(f'{path}.{name}', environment[name], known)
            yield from check_values(f'{path}.{name}', environment[name], fields.PROCESSES)


def _data_preprocessor(cfg: Config, sources: Sources | None, scope: str) -> Iterator[Finding]:
    """Check the preprocessor at the top: a model without one takes it, and files give it to the others."""
    name, model = 'data_preprocessor', cfg.get('model')
    if isinstance(model, Mapping):
        model = model.get('module', model)  # what test-time augmentation wraps
    if not isinstance(cfg.get(name), Mapping) or not isinstance(model, Mapping):
        return
    if model.get(name) != cfg[name]:
        owner = next(iter(find_all(model.get('type'), scope, places.MODEL.roots)), None)
        place = places.argument(replace(places.MODEL, scope=scope), name, owner)
        yield from check_parts(name, cfg[name], place)
    if sources and model.get(name) is not None:
        yield from _options_of_no_use(name, sources.options)


def _options_of_no_use(name: str, options: Iterable[str]) -> Iterator[Finding]:
    for key in sorted(options):
        if key.split('.')[0] == name:
            yield Finding(FAIL, key, 'nothing reads this one, for the model has its own', f'set model.{key}')


_CHECKS: Mapping[str, Callable[[str, Mapping, str], Iterator[Finding]]] = {
    'default_hooks': _default_hooks,
    'env_cfg': _environment,
    'model': _model,
    'optim_wrapper': check_optim_wrapper,
    'param_scheduler': _schedulers,
    'runtime_cfg': _runtime,
    'test_cfg': _loop,
    'train_cfg': _train_loop,
    'val_cfg': _loop,
    **dict.fromkeys(fields.AT_TOP, _named_settings),
    **dict.fromkeys(places.EVALUATORS, _evaluator),
    **dict.fromkeys(places.LOADERS, _loader),
}
