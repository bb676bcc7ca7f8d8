"""Is every key of a config one that something reads, and its value of a kind that it takes?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from mmengine.config import Config
from mmengine.dist import init_dist
from mmengine.utils.dl_utils import set_multi_processing

from mmchan.checks.config import fields, places
from mmchan.checks.config.fields import Field, check_fields, check_required, check_values, slips
from mmchan.checks.config.optimizer import check_optim_wrapper
from mmchan.checks.config.places import Place
from mmchan.checks.config.registered import find_all, library
from mmchan.checks.config.signatures import accepted
from mmchan.checks.config.sources import Sources
from mmchan.checks.config.typed import check_built, check_part, check_parts, models_in, unknown_type
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
    scope = cfg.get('default_scope') or 'mmengine'
    if library(str(scope)) is None:
        yield Finding(FAIL, 'default_scope', f'the package {scope!r} is not installed')
        return
    yield from check_required('', cfg, ['model'])
    yield from _runner(cfg.get('runner_type', 'Runner'), scope)
    for name, value in cfg.items():
        yield from _at_top(name, value, scope)
    yield from _data_preprocessor(cfg, sources, scope)


def _top_names(cfg: Config, sources: Sources | None) -> Iterator[Finding]:
    known = places.known_top()
    read = sources.names_read if sources else frozenset()
    given = {key.split('.')[0] for key in sources.options} if sources else frozenset()
    for name in cfg:
        if name in known:
            continue
        if name in given:
            yield Finding(FAIL, name, 'nothing reads this name', _remedy_of_option(name, read))
        elif sources and name not in read and (near := _misspelt(name, known)):
            yield Finding(FAIL, name, 'nothing reads this name', f'did you mean {near!r}?')


def _misspelt(name: str, known: Iterable[str]) -> str:
    """The known name that a name is but for a few slips; '' where there is none."""
    near = min(known, key=lambda each: slips(name, each))
    return near if slips(name, near) <= max(1, len(name) // _LETTERS_PER_SLIP) else ''


def _remedy_of_option(name: str, read: Iterable[str]) -> str:
    if name in read:
        return 'it is a variable of the config file, which was read before; set what the file made of it'
    return suggestion(name, places.known_top())


def _runner(kind: object, scope: str) -> Iterator[Finding]:
    place = replace(places.RUNNER, scope=scope)
    yield from unknown_type('runner_type', kind, place)


def _at_top(name: str, value: object, scope: str) -> Iterator[Finding]:
    """Check one of the names that MMEngine reads."""
    if name == 'param_scheduler' and isinstance(value, Mapping) and 'type' not in value:
        value = list(value.values())  # those of several optimizers
    if name in places.TOP:
        readers = models_in(value, scope) if name == 'model' else frozenset()
        yield from check_parts(name, value, replace(places.TOP[name], scope=scope, readers=readers))
    elif name in places.EVALUATORS:
        whole = isinstance(value, Mapping) and 'metrics' in value
        place = places.EVALUATOR if whole else places.METRIC
        yield from check_parts(name, value, replace(place, scope=scope))
    elif isinstance(value, Mapping):
        yield from _read_by_name(name, value, scope)


def _read_by_name(name: str, value: Mapping, scope: str) -> Iterator[Finding]:
    if name in places.LOADERS:
        yield from check_fields(name, value, fields.LOADER)
        yield from check_required(name, value, ('dataset', 'sampler'))
        yield from check_built(name, value, places.LOADER, scope)
    elif name in places.LOOPS:
        yield from _loop(name, value, replace(places.LOOPS[name], scope=scope))
    elif name == 'optim_wrapper':
        yield from check_optim_wrapper(name, value, scope)
    elif name == 'default_hooks':
        yield from check_fields(name, value, fields.DEFAULT_HOOKS)
        yield from check_built(name, value, dict.fromkeys(fields.DEFAULT_HOOKS, places.HOOK), scope)
    elif name in fields.AT_TOP:
        yield from check_fields(name, value, fields.AT_TOP[name])
    if name == 'env_cfg':
        yield from _environment(name, value)
    if name == 'runtime_cfg':
        yield from check_built(name, value, places.RUNTIME_HOOKS, scope)


def _loop(path: str, loop: Mapping, place: Place) -> Iterator[Finding]:
    if path == 'train_cfg' and 'type' in loop and 'by_epoch' in loop:
        yield Finding(
            FAIL, f'{path}.by_epoch', 'MMEngine takes a type or this, not both', f'remove {path}.by_epoch'
        )
        loop = {name: value for name, value in loop.items() if name != 'by_epoch'}
    if path == 'train_cfg' and 'type' not in loop:
        if 'by_epoch' not in loop:
            yield Finding(FAIL, path, "it needs 'by_epoch' or a type", f'set {path}.by_epoch')
            return
        kind = 'EpochBasedTrainLoop' if loop['by_epoch'] else 'IterBasedTrainLoop'
        place = replace(place, default=kind, extra=place.extra | {'by_epoch'})
    yield from check_part(path, loop, place)


def _environment(path: str, environment: Mapping) -> Iterator[Finding]:
    for name, reader in {'mp_cfg': set_multi_processing, 'dist_cfg': init_dist}.items():
        if isinstance(environment.get(name), Mapping):
            known = {key: Field(kinds) for key, kinds in accepted(reader).kinds.items()}
            yield from check_fields(f'{path}.{name}', environment[name], known)
            yield from check_values(f'{path}.{name}', environment[name], fields.PROCESSES)


def _data_preprocessor(cfg: Config, sources: Sources | None, scope: str) -> Iterator[Finding]:
    """Check the preprocessor at the top: a model without one takes it, and files give it to the others."""
    name, model = 'data_preprocessor', cfg.get('model')
    if not isinstance(cfg.get(name), Mapping) or not isinstance(model, Mapping):
        return
    if model.get(name) != cfg[name]:
        owner = next(iter(find_all(model.get('type'), scope, places.MODEL.roots)), None)
        place = places.argument(replace(places.MODEL, scope=scope), name, owner)
        yield from check_parts(name, cfg[name], place)
    if model.get(name) is None:
        return
    for key in sorted(sources.options) if sources else ():
        if key.split('.')[0] == name:
            yield Finding(FAIL, key, 'nothing reads this one, for the model has its own', f'set model.{key}')
