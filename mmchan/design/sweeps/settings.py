"""What a sweep is: a space, how many networks of it, and how each of them is trained."""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mmchan.design import spaces
from mmchan.design.samplers import RANDOM, SAMPLERS
from mmchan.design.search.conventions import CONVENTIONS
from mmchan.design.spaces import Population, Space
from mmchan.design.trials import PATHS
from mmchan.errors import InputError, require, require_integer, require_known

FORMAT = 1  # of a sweep's files
REQUIRED = ('space', 'count', 'train', 'epochs')
OPTIONAL = {
    'name': '',
    'seed': 0,
    'cfg_options': {},
    'repeats': 1,
    'objective': 'accuracy/top1',
    'higher_is_better': True,
    'path': 'auto',
    'timeout': 600.0,
    'full': None,
    'short_epochs': None,
    'sampler': RANDOM,
    'batch': 8,
    'conventions': None,
    'test': False,
}
# of a space by name: what spaces.get takes, and what is added to what it gives
NAMED = ('macs', 'parameters', 'activations', 'resolution', 'num_classes', 'stages', 'blocks')
ADDED = ('laws', 'constraints')


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """A population and the training of each of its networks.

    Attributes:
        name: For people.
        space: Where the networks are from.
        count: How many.
        train: The base training config as it was named.
        config: The same, resolved, as plain data.
        text: The same as Python.
        epochs: Length of a training.
        seed: Of the population and of the trials.
        repeats: Trainings of each network, each with a seed of its own.
        objective: The metric of the validation that is told as an error.
        higher_is_better: Whether a higher value of it is better.
        path: 'fast' for small images in memory, 'ordinary' as ``mmchan train``, 'auto' for the fast one where
            it can train the config.
        timeout: Seconds that a trial may take; changes no result, and may differ when a sweep goes on.
        full: The share of the networks that train for ``epochs``, all of them for ``short_epochs``; None
            where all train for ``epochs``.
        short_epochs: See ``full``.
        test: Whether each network is tested as well, once, at its end, on the data of ``test_dataloader``.
        sampler: Who draws the networks: 'random', or one of Optuna's, which learns from the errors so far;
            see :func:`mmchan.design.samplers.get`.
        batch: Networks that one of Optuna's draws at a time.
        conventions: Names of :func:`mmchan.design.search.conventional` configurations that a search trains as
            well, to compare with; None for all that the space allows.
        given: These networks instead of drawn ones.
        names: Of given networks, by name their ids.
    """

    name: str
    space: Space
    count: int
    train: str
    config: Mapping[str, object]
    text: str
    epochs: int
    seed: int = 0
    repeats: int = 1
    objective: str = 'accuracy/top1'
    higher_is_better: bool = True
    path: str = 'auto'
    timeout: float = 600.0
    full: float | None = None
    short_epochs: int | None = None
    test: bool = False
    sampler: str = RANDOM
    batch: int = 8
    conventions: Sequence[str] | None = None
    given: Population | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    def settings(self) -> dict[str, object]:
        """All that changes results, as plain data."""
        return {
            'space': self.space.to_config(),
            'count': self.count,
            'seed': self.seed,
            'train': self.config_digest,
            'epochs': self.epochs,
            'repeats': self.repeats,
            'objective': self.objective,
            'higher_is_better': self.higher_is_better,
            'path': self.path,
            'full': self.full,
            'short_epochs': self.short_epochs,
            'test': self.test,
            'sampler': self.sampler,
            'batch': None if self.sampler == RANDOM else self.batch,
            'given': None if self.given is None else self.given.ids.tolist(),
            'names': dict(self.names),
        }

    @property
    def digest(self) -> str:
        """Of all that changes results: a sweep goes on only as the one that it was."""
        return short_digest(json.dumps({'format': FORMAT, **self.settings()}, sort_keys=True))

    @property
    def config_digest(self) -> str:
        """Of the resolved training config, whatever the order of its keys."""
        return short_digest(canonical(self.config))

    def to_json(self) -> dict[str, object]:
        """What ``sweep.json`` says."""
        heading = {'mmchan': 'sweep', 'format': FORMAT, 'name': self.name, 'digest': self.digest}
        return {
            **heading,
            **self.settings(),
            'timeout': self.timeout,
            'train': {'file': self.train, 'digest': self.config_digest, 'text': self.text},
        }


def short_digest(text: str) -> str:
    """The first 16 hexadecimal digits of a text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def canonical(data: object) -> str:
    """Plain data as text, the same for any order of keys; lists and tuples differ, as they do in configs."""
    if isinstance(data, Mapping):
        parts = [f'{key!r}: {canonical(data[key])}' for key in sorted(data, key=str)]
        return '{' + ', '.join(parts) + '}'
    if isinstance(data, list | tuple):
        return f'{type(data).__name__}({", ".join(map(canonical, data))})'
    return repr(data)


def read_sweep(path: str | Path) -> Sweep:
    """Read a sweep config.

    Args:
        path: A Python file, as docs/howto/sweep.md describes it.

    Raises:
        InputError: With all that is wrong in it.
    """
    from mmchan.runs.config import load_config

    path = Path(path)
    given = load_config(path).to_dict()
    faults = _Faults()
    for name in given:
        with faults.collected():
            require_known(name, (*REQUIRED, *OPTIONAL), 'setting')
    missing = [name for name in REQUIRED if name not in given]
    with faults.collected():
        require(not missing, 'a sweep', f'given with {", ".join(missing)}', sorted(given))
    values = {**OPTIONAL, **given}
    for name, check in CHECKS.items():
        if name in values:
            with faults.collected():
                check(values[name], name)
    with faults.collected():
        _check_budgets(values['full'], values['short_epochs'], values.get('epochs'))
    with faults.collected():
        _check_sampler(values['sampler'], values['full'])
    with faults.collected():
        space = read_space(given['space']) if 'space' in given else None
    with faults.collected():
        config, text = _read_train(path, given.get('train'), values['cfg_options'])
    faults.tell(path)
    chosen = {name: values[name] for name in Sweep.__dataclass_fields__ if name in values}
    chosen |= {'space': space, 'config': config, 'text': text, 'name': values['name'] or space.name}
    return Sweep(**chosen)


@dataclass
class _Faults:
    """Faults that are found one after another and told together."""

    found: list[str] = field(default_factory=list)

    @contextlib.contextmanager
    def collected(self) -> Iterator[None]:
        try:
            yield
        except InputError as error:
            self.found.append(str(error))

    def tell(self, path: Path) -> None:
        if len(self.found) == 1:
            raise InputError(f'{path}: {self.found[0]}')
        if self.found:
            raise InputError('\n  '.join([f'{path} has {len(self.found)} faults:', *self.found]))


def read_space(said: object) -> Space:
    """The space that a config names or describes.

    Args:
        said: A name of :func:`mmchan.design.spaces.names`; a dict with such a name, bands and laws and
            constraints in addition; or a dict with a family, as ``Space.to_config`` writes it.

    Raises:
        InputError: For anything else.
    """
    said = {'name': said} if isinstance(said, str) else said
    is_space = isinstance(said, Mapping) and isinstance(said.get('name'), str)
    require(is_space, 'space', 'the name of a space, or a dict with its name', said)
    if 'family' in said:
        return Space.from_config(said)
    for key in said:
        require_known(key, ('name', *NAMED, *ADDED), 'key of a space by name')
    bands = {key: said[key] for key in NAMED if key in said}
    space = spaces.get(said['name'], **bands)
    if not any(key in said for key in ADDED):
        return space
    whole = space.to_config()
    whole['laws'] |= said.get('laws', {})
    whole['constraints'] = [*whole.get('constraints', []), *said.get('constraints', [])]
    return Space.from_config(whole)


def _read_train(path: Path, train: object, cfg_options: Mapping) -> tuple[dict, str]:
    """The base training config as plain data and as text."""
    from mmchan.runs.config import load_config

    if not isinstance(train, str):
        return {}, ''  # told already
    if '::' in train:
        config = _of_a_package(train, dict(cfg_options))
    else:
        config = load_config(path.parent / Path(train).expanduser(), dict(cfg_options))
    return config.to_dict(), config.pretty_text


def _of_a_package(train: str, cfg_options: dict) -> object:
    """A config such as ``mmpretrain::resnet/resnet18_8xb32_in1k.py``."""
    from mmengine.config import Config

    from mmchan import compat
    from mmchan.runs.merging import merge_options

    compat.apply()
    try:
        config = Config.fromstring(f'_base_ = [{train!r}]', '.py')
    except (OSError, ImportError, ValueError, AssertionError) as error:
        raise InputError(f'train {train!r}: {error}') from error
    return merge_options(config, cfg_options)


def _check_budgets(full: object, short_epochs: object, epochs: object) -> None:
    both = (full is None) == (short_epochs is None)
    require(both, 'full and short_epochs', 'given together', (full, short_epochs))
    if full is None:
        return
    number = isinstance(full, int | float) and 0 < full < 1
    require(number, 'full', 'a share of the networks, above 0 and below 1', full)
    require_integer(short_epochs, 'short_epochs')
    require(not isinstance(epochs, int) or short_epochs < epochs, 'short_epochs', f'< {epochs}', short_epochs)


def _check_sampler(sampler: object, full: object) -> None:
    require_known(sampler, SAMPLERS, 'sampler')
    alone = sampler == RANDOM or full is None
    require(alone, 'full', f'left out: a part of what {sampler} draws is no random part', full)


def _number(value: object, name: str) -> None:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    require(known and value > 0, name, 'a number of seconds > 0', value)


def _instance(kind: type, what: str) -> Callable[[object, str], None]:
    return lambda value, name: require(isinstance(value, kind), name, what, value)


CHECKS: Mapping[str, Callable[[object, str], None]] = {
    'name': _instance(str, 'a text'),
    'count': require_integer,
    'seed': lambda value, name: require_integer(value, name, least=0),
    'train': _instance(str, 'the path of a config beside this one, or such as mmpretrain::resnet/…'),
    'cfg_options': _instance(Mapping, 'a dict of settings, dotted key -> value'),
    'epochs': require_integer,
    'repeats': require_integer,
    'objective': _instance(str, 'the name of a metric'),
    'higher_is_better': _instance(bool, 'True or False'),
    'path': lambda value, name: require_known(value, PATHS, name),
    'timeout': _number,
    'batch': require_integer,
    'test': _instance(bool, 'True or False'),
    'conventions': lambda value, name: [require_known(one, CONVENTIONS, name) for one in value or ()],
    'sampler': _instance(str, f'one of {", ".join(SAMPLERS)}'),
}
