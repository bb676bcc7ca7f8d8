"""Mistakes in configs: a key renamed by a typo, moved, deleted, or given a value of another kind."""

import copy
import inspect
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from mmengine.config import Config
from mmengine.runner import Runner

# what the Runner and the tools read; other names at the top are helpers of the files themselves
TOP = {*inspect.signature(Runner.__init__).parameters} - {'self', 'cfg', 'experiment_name', 'work_dir'} | {
    *('runner_type', 'runtime_cfg', 'tta_model', 'tta_pipeline', 'custom_imports'),
    *('activation_checkpointing', 'efficient_conv_bn_eval', 'find_unused_parameters', 'model_wrapper_cfg'),
}

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
