"""A space: a family, the laws that its parameters are drawn from, and constraints."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np

from mmchan.channels import Family, Parameter, find_family
from mmchan.design.spaces import constraints as all_constraints
from mmchan.design.spaces import laws as all_laws
from mmchan.design.spaces import own as all_own
from mmchan.design.spaces import quantised as all_quantised
from mmchan.design.spaces import rows as all_rows
from mmchan.design.spaces.config import built, described
from mmchan.design.spaces.constraints import (
    COSTS,
    NUMBERS,
    ROWS,
    Band,
    Cap,
    Constraint,
    IsNetwork,
    Rising,
)
from mmchan.design.spaces.laws import Choice, Law
from mmchan.design.spaces.own import Measured
from mmchan.design.spaces.rows import PerStage, RisingPerStage, RowLaw, row_law
from mmchan.errors import InputError, require, require_known

KINDS = {
    kind.__name__: kind
    for module in (all_laws, all_rows, all_constraints, all_quantised, all_own)
    for kind in vars(module).values()
    if is_dataclass(kind) and kind.__module__ == module.__name__ and not kind.__name__.startswith('_')
}


@dataclass(frozen=True)
class Scheme:
    """How a space draws: what is left of its laws once they are sorted.

    Attributes:
        stages: Law of the number of stages; None where no parameter is per stage.
        rows: Laws of the parameters per stage, by name.
        numbers: Laws of the other parameters that vary, by name.
        words: What tells its random numbers from those of other laws.
    """

    stages: Law | None
    rows: Mapping[str, RowLaw]
    numbers: Mapping[str, Law]
    words: tuple[int, ...]

    @property
    def most_stages(self) -> int:
        """The greatest number of stages."""
        return int(self.stages.values.max()) if self.stages else 0

    @property
    def uniforms(self) -> int:
        """How many random numbers one draw needs."""
        rows = sum(law.uniforms(self.most_stages) for law in self.rows.values())
        return bool(self.stages) + rows + len(self.numbers)


@dataclass(frozen=True, kw_only=True, eq=False)
class Space:
    """A law over the networks of a family: draws of its parameters that pass all constraints.

    Attributes:
        name: For people.
        family: Name of the family; of another distribution's too.
        laws: By parameter a law, or the value that all networks have; the family's default where there is
            none. What is per stage has a law of rows, the law of one value for every stage on its own, or a
            sequence.
        stages: Number of stages, or its law, where parameters are per stage.
        constraints: What draws must pass.
        resolution: Side of the square image, or (height, width), for which costs are counted.
        num_classes: Classes of the classifier; None counts backbones alone.
        source: Where its laws come from.

    Raises:
        InputError: For an unknown family, parameter or constraint's name, or a value that the family refuses.
    """

    name: str
    family: str
    laws: Mapping[str, object]
    stages: int | Law = 4
    constraints: tuple[Constraint | Measured, ...] = ()
    resolution: int | tuple[int, int] = 224
    num_classes: int | None = 1000
    source: str = ''

    def __post_init__(self) -> None:
        record = find_family(self.family)
        for name, law in self.laws.items():
            require_known(name, record.parameter, f'parameter of {self.family}')
            _check_law(record.parameter[name], law)
        missing = [one.name for one in record.parameters if one.is_required and one.name not in self.laws]
        require(not missing, f'laws of {self.name}', f'given for {", ".join(missing)}', sorted(self.laws))
        object.__setattr__(self, 'laws', MappingProxyType(dict(self.laws)))
        object.__setattr__(self, 'constraints', tuple(self.constraints))
        for constraint in self.constraints:
            self._check_constraint(constraint, record)
        require(
            bool(self.scheme.uniforms), f'laws of {self.name}', 'such that something varies', dict(self.laws)
        )

    def __reduce__(self) -> tuple:
        state = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return _restored, ({**state, 'laws': dict(self.laws)},)

    def _check_constraint(self, constraint: object, record: Family) -> None:
        if isinstance(constraint, Rising):
            rows = [name for name in self.laws if record.parameter[name].per_stage]
            require_known(constraint.of, (*rows, *ROWS), f'law per stage of {self.name}')
            return
        known = isinstance(constraint, Constraint | Measured)
        require(known, f'constraints of {self.name}', 'objects such as Band', constraint)
        if isinstance(constraint, Band | Cap):
            given = [one for one in record.parameters if one.name in self.laws and one.kind != 'choice']
            numbers = [one.name for one in given if not one.per_stage]
            known = (*COSTS, *NUMBERS, *numbers)
            require_known(constraint.of, known, f'number of {self.name}')

    @cached_property
    def common(self) -> Mapping[str, object]:
        """The parameters that all networks have in common, by name."""
        rows = find_family(self.family).parameter
        return {
            name: value
            for name, value in self.laws.items()
            if not isinstance(value, Law | RowLaw) and not (rows[name].per_stage and value is not None)
        }

    @cached_property
    def scheme(self) -> Scheme:
        """How it draws: rows that shall not fall are drawn so, and stages weighted by what that costs."""
        parameter = find_family(self.family).parameter
        varying = [name for name in parameter if name in self.laws and name not in self.common]
        rows = {name: row_law(self.laws[name]) for name in varying if parameter[name].per_stage}
        numbers = {name: self.laws[name] for name in varying if not parameter[name].per_stage}
        stages = _stage_law(self.stages) if rows else None
        for name in self.exactly_rising:
            law = rows[name]
            rows[name] = RisingPerStage(law.law)
            stages = _weighted(stages, law)
        return Scheme(stages, rows, numbers, self._words())

    @cached_property
    def exactly_rising(self) -> list[str]:
        """The parameters that are drawn such that they never fall, rather than rejected."""
        wanted = {one.of for one in self.constraints if isinstance(one, Rising)}
        laws = {name: row_law(self.laws[name]) for name in self.laws if name in wanted}
        return [name for name, law in laws.items() if isinstance(law, PerStage) and not law.shared]

    def _words(self) -> tuple[int, ...]:
        drawn = {'family': self.family, 'rising': sorted(self.exactly_rising)}
        try:
            said = described({**drawn, 'stages': self.stages, 'laws': self.laws})
        except InputError:  # laws of one's own that are no dataclasses
            said = {**drawn, 'laws': sorted(self.laws)}
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).digest()
        return tuple(int.from_bytes(digest[at : at + 4], 'big') for at in range(0, 16, 4))

    @cached_property
    def checks(self) -> list[Constraint]:
        """What rejects draws, cheap constraints first; not what is drawn exactly, nor what is measured."""
        exact = self.exactly_rising
        rejecting = [one for one in self.constraints if not isinstance(one, Measured)]
        rejecting = [one for one in rejecting if not (isinstance(one, Rising) and one.of in exact)]
        # validity first among what needs the cost: it decides whether there is one
        return sorted([IsNetwork(), *rejecting], key=lambda one: one.level)

    @property
    def measured(self) -> list[Measured]:
        """What is measured, in order."""
        return [one for one in self.constraints if isinstance(one, Measured)]

    def within(
        self,
        *,
        macs: tuple[float, float] | None = None,
        parameters: tuple[float, float] | None = None,
        activations: tuple[float, float] | None = None,
    ) -> 'Space':
        """The part of the space whose costs lie within bands.

        Args:
            macs: Least and greatest MACs; None for no band.
            parameters: Likewise.
            activations: Likewise.

        >>> from mmchan.design import spaces
        >>> spaces.get('regnet').within(macs=(360e6, 400e6)).constraints[-1].label
        'macs within [360M, 400M]'
        """
        bands = {'macs': macs, 'parameters': parameters, 'activations': activations}
        return self.constrained(*(Band(name, *band) for name, band in bands.items() if band is not None))

    def with_laws(self, **laws: object) -> 'Space':
        """The same space with other laws or values of some parameters."""
        return replace(self, laws={**self.laws, **laws})

    def constrained(self, *constraints: Constraint | Measured) -> 'Space':
        """The part of the space that passes further constraints."""
        return replace(self, constraints=(*self.constraints, *constraints))

    def to_config(self) -> dict[str, object]:
        """The space as plain data, for :meth:`from_config`, a JSON or a YAML file.

        Raises:
            InputError: Where it has functions.
        """
        said = described(self)
        said.pop('type')
        return said

    @classmethod
    def from_config(cls, config: Mapping[str, object]) -> 'Space':
        """The space that plain data describe.

        Args:
            config: Its attributes; laws and constraints are mappings with their ``type``.

        Raises:
            InputError: For an unknown type or name, or a wrong value.

        >>> config = {'name': 'wide', 'family': 'rexnet', 'laws': {
        ...     'width_mult': {'type': 'Uniform', 'low': 1, 'high': 3, 'quantum': 0.1}}}
        >>> Space.from_config(config).laws['width_mult']
        Uniform(low=1, high=3, quantum=0.1)
        """
        known = cls.__dataclass_fields__
        for name in config:
            require_known(name, known, 'key of a space')
        missing = [name for name in ('name', 'family', 'laws') if name not in config]
        require(not missing, 'a space', f'given with {", ".join(missing)}', dict(config))
        given = dict(config)
        given['laws'] = {name: _part(law, name) for name, law in config['laws'].items()}
        for name in ('stages', 'constraints', 'resolution'):
            if name in given:
                given[name] = _part(given[name], name)
        return cls(**given)


def _restored(state: dict) -> Space:
    return Space(**state)


def _part(data: object, what: str) -> object:
    return built(data, KINDS, what=what)


def _stage_law(stages: int | Law) -> Law:
    law = stages if isinstance(stages, Law) else Choice((stages,))
    whole = law.values.dtype.kind == 'f' and (law.values == np.rint(law.values)).all()
    require(whole and law.values.min() >= 1, 'stages', 'integers >= 1', stages)
    return law


def _weighted(stages: Law, rising: PerStage) -> Choice:
    """The law of the number of stages among draws that never fall: longer ones are rarer."""
    draws = rising.rising(int(stages.values.max()))
    pairs = zip(stages.values.tolist(), stages.probabilities.tolist(), strict=True)
    weights = [share * draws.probability(int(number)) for number, share in pairs]
    return Choice(tuple(stages.values.tolist()), tuple(weights))


def _check_law(parameter: Parameter, law: object) -> None:
    """Raise InputError where a law has values that the family refuses."""
    if isinstance(law, RowLaw):
        _check_rows(parameter, law)
    elif isinstance(law, Law):
        _check_values(parameter, law)
    else:
        _check_value(parameter, law)


def _check_rows(parameter: Parameter, law: RowLaw) -> None:
    if not parameter.per_stage:
        raise InputError(f'{parameter.name} is one number: give a law of one value, got {law!r}')
    if isinstance(law, PerStage):
        _check_values(parameter, law.law)


def _check_values(parameter: Parameter, law: Law) -> None:
    for value in _ends(law.values):
        value = None if value != value else value
        whole = parameter.kind == 'integer' and isinstance(value, float) and value.is_integer()
        _check_value(parameter, int(value) if whole else value)


def _check_value(parameter: Parameter, value: object) -> None:
    """Check what all networks have; of what is per stage one number may stand for all stages."""
    value = tuple(value) if isinstance(value, list) else value
    several = value is None or isinstance(value, tuple) or not parameter.per_stage
    parameter.check(value if several else (value,))


def _ends(values: np.ndarray) -> list[object]:
    """Of few values all; of many the least and the greatest: what is allowed is an interval."""
    if len(values) < 8 or values.dtype.kind != 'f':
        return values.tolist()
    return [*np.unique(values)[[0, 1, -1]].tolist()]
