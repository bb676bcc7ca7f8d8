"""Parameters of a population: arrays that users give, checked by the records and brought into one form.

In that form every parameter is an array whose last axis is the networks, or of length 1 for what all have in
common: (N,), or (stages, N) for what is per stage. Numbers are float64, exact for integers below 2 ** 53, and
NaN stands for None and behind the last stage; names stay strings.
"""

import math
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from mmchan.channels.catalogue import find_family
from mmchan.channels.family import MOST_STAGES, Family
from mmchan.channels.parameters import Parameter
from mmchan.errors import InputError, require, require_known

Parameters = Mapping[str, ArrayLike]
Arrays = dict[str, np.ndarray]


def family_of(family: str | Family) -> Family:
    """A family, from itself or its name."""
    return family if isinstance(family, Family) else find_family(family)


def parameter_arrays(family: Family, parameters: Parameters) -> tuple[Arrays, int]:
    """Arrays of a family's parameters in the one form, without those that are left out.

    Args:
        family: The family.
        parameters: As for :func:`mmchan.channels.population.count_population`.

    Returns:
        The arrays, and the number of networks: 1 where all parameters are common to all networks.

    Raises:
        InputError: For an unknown, a missing or a wrong parameter, or arrays of different lengths.
    """
    for name in parameters:
        require_known(name, family.parameter, f'argument of {family.name}')
    arrays = {name: _array(family.parameter[name], values) for name, values in parameters.items()}
    lengths = {name: array.shape[-1] for name, array in arrays.items()}
    networks = next((length for length in lengths.values() if length != 1), 1)
    for name, length in lengths.items():
        require(length in (1, networks), name, f'one value or {networks}, as others have', length)
    if networks:
        family.check(arguments_at(family, arrays, 0))  # says what is missing
    return arrays, networks


def default_arrays(family: Family, given: Arrays) -> Arrays:
    """The defaults of the parameters that are not given."""
    left = (one for one in family.parameters if one.name not in given)
    return {one.name: _array(one, one.default) for one in left}


def arguments_at(family: Family, arrays: Arrays, network: int) -> dict[str, object]:
    """Arguments of one network, for the plan function, from arrays in the one form."""
    arguments = {}
    for name, array in arrays.items():
        values = array[..., network if array.shape[-1] > 1 else 0].tolist()
        arguments[name] = _argument(family.parameter[name], values)
    return arguments


def arguments_of(
    family: str | Family, parameters: Parameters, networks: Iterable[int] | None = None
) -> list[dict[str, object]]:
    """Arguments of single networks of a population, for :func:`mmchan.channels.get_plan`.

    Args:
        family: The family or its name.
        parameters: As for :func:`mmchan.channels.population.count_population`.
        networks: Indices of the networks; all by default.

    Raises:
        InputError: For an unknown, a missing or a wrong parameter, or arrays of different lengths.

    >>> arguments_of('rexnet', {'width_mult': [1.0, 1.3], 'se_ratio': [0.25, None]}, [1])
    [{'width_mult': 1.3, 'se_ratio': None}]
    """
    family = family_of(family)
    arrays, length = parameter_arrays(family, parameters)
    chosen = range(length) if networks is None else networks
    return [arguments_at(family, arrays, network) for network in chosen]


def draw_parameters(family: str | Family, networks: int, rng: np.random.Generator) -> Arrays:
    """Random usual values of all design parameters, as :meth:`Family.draw` takes them for one network.

    Args:
        family: The family or its name.
        networks: Number of networks, N.
        rng: Source of randomness.

    Returns:
        Arrays for :func:`mmchan.channels.population.count_population`: (N,), those per stage (N, stages).
        The parameters of a network may contradict each other; the cost says which are ``valid``.
    """
    stages = rng.integers(1, MOST_STAGES + 1, (networks, 1))
    drawn = {}
    for one in family_of(family).design:
        values = _draw(one, (networks, MOST_STAGES) if one.per_stage else (networks,), rng)
        if one.per_stage:
            values = np.where(np.arange(MOST_STAGES) < stages, values, np.nan)
        if one.optional:
            values[rng.random(networks) < 0.5] = np.nan
        drawn[one.name] = values
    return drawn


def _draw(parameter: Parameter, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    if parameter.kind == 'choice':
        return np.array(parameter.choices)[rng.integers(len(parameter.choices), size=shape)]
    low, high, step = parameter.low, parameter.high, parameter.step
    if parameter.logarithmic:
        values = np.exp(rng.uniform(math.log(low), math.log(high), shape))
    else:
        values = rng.uniform(low - step / 2, high + step / 2, shape)
    steps = np.rint((np.clip(values, low, high) - low) / step)
    return np.round(np.minimum(low + steps * step, high), 10)


def _array(parameter: Parameter, values: ArrayLike) -> np.ndarray:
    """What is given for one parameter, in the one form and checked."""
    if isinstance(values, np.ma.MaskedArray):
        values = _filled(values)
    array = _by_stage(values) if parameter.per_stage else _in_a_row(values)
    if array.ndim != 1 + parameter.per_stage:
        axes = '(N, stages)' if parameter.per_stage else '(N,)'
        raise InputError(f'{parameter.name} must be of shape {axes}, got {np.shape(values)}')
    if array.dtype.kind not in 'iufU':
        array = _from_objects(parameter, array)
    if array.dtype.kind in 'iuf':
        array = np.ascontiguousarray(array, dtype=np.float64)
    if not _is_allowed(parameter, array):
        _raise_at_first(parameter, array)
    return array


def _filled(values: np.ma.MaskedArray) -> np.ndarray:
    if values.dtype.kind in 'iuf':
        return values.astype(np.float64).filled(np.nan)
    return np.where(np.ma.getmaskarray(values), None, values.data)


def _in_a_row(values: ArrayLike) -> np.ndarray:
    """(N,), without the strings that NumPy makes of numbers beside names."""
    kinds = set(map(type, values)) if isinstance(values, list | tuple) else set()
    if str in kinds and len(kinds) > 1:
        return np.array(values, dtype=object)
    return np.atleast_1d(values)


def _by_stage(values: ArrayLike) -> np.ndarray:
    """(stages, N) from (N, stages), from one row, from rows of several lengths, or from None."""
    if isinstance(values, np.ndarray) and values.dtype != object:
        return np.atleast_2d(values).T
    if values is None or not any(row is None or np.ndim(row) for row in values):
        values = [values]
    rows = [() if row is None else row for row in values]
    longest = max(1, *map(len, rows))
    return np.array([[*row, *[None] * (longest - len(row))] for row in rows], dtype=object).T


def _from_objects(parameter: Parameter, array: np.ndarray) -> np.ndarray:
    """Objects, each checked, as numbers, where None is NaN, or as names where there is no None."""
    for value in array.T.ravel().tolist():
        if value is not None:
            parameter.check((value,) if parameter.per_stage else value)
    kinds = {type(choice) for choice in parameter.choices}
    if kinds <= {int, float}:
        return array.astype(np.float64)
    return array.astype(str) if kinds == {str} and not _is_missing(array).any() else array


def _is_missing(array: np.ndarray) -> np.ndarray:
    """Where None or nothing is given."""
    return np.isnan(array) if array.dtype.kind == 'f' else np.equal(array, None)


def _is_allowed(parameter: Parameter, array: np.ndarray) -> bool:
    missing = _is_missing(array)
    if missing.any():
        if not _may_miss(parameter, missing):
            return False
        array = array[~missing]
    return _are_choices(parameter, array) if parameter.kind == 'choice' else _are_numbers(parameter, array)


def _may_miss(parameter: Parameter, missing: np.ndarray) -> bool:
    if parameter.per_stage:
        return not (missing[:-1] & ~missing[1:]).any()
    return _may_be_none(parameter)


def _may_be_none(parameter: Parameter) -> bool:
    return parameter.optional or parameter.default is None or None in parameter.choices


def _are_choices(parameter: Parameter, array: np.ndarray) -> bool:
    return bool(np.logical_or.reduce([array == choice for choice in parameter.choices]).all())


def _are_numbers(parameter: Parameter, array: np.ndarray) -> bool:
    """Whether numbers are allowed, all of them: an interval has what lies between two numbers that it has."""
    if array.dtype.kind != 'f':
        return False
    if parameter.kind == 'integer' and (array != np.rint(array)).any():
        return False
    ends = (array.min(), array.max()) if array.size else ()
    return all(end in parameter.bounds and np.isfinite(end) for end in ends)


def _raise_at_first(parameter: Parameter, array: np.ndarray) -> None:
    """Raise InputError for the first network with a wrong value."""
    for network in range(array.shape[-1]):
        values = array[..., network].tolist()
        try:
            _check(parameter, values)
        except InputError as error:
            raise InputError(f'{error} (network {network})') from None
    raise AssertionError(f'no value of {parameter.name} is wrong, but all of them together are')


def _check(parameter: Parameter, values: object) -> None:
    """Raise InputError for a wrong value of one network, or one of its stages."""
    parameter.check(_argument(parameter, values))
    stages = np.array(values if parameter.per_stage else [values])
    no_gap = not parameter.per_stage or _may_miss(parameter, _is_missing(stages))
    require(no_gap, parameter.name, "without NaN in front of a network's last stage", values)


def _argument(parameter: Parameter, values: object) -> object:
    """A value, or of what is per stage a tuple of values, as the plan function takes it."""
    if not parameter.per_stage:
        return _plain(parameter, values)
    given = tuple(_plain(parameter, value) for value in values if not _is_none(value))
    return given or (() if parameter.is_required else None)


def _plain(parameter: Parameter, value: float | str | None) -> object:
    """A value of one network as its own type."""
    if _is_none(value):
        return None if _may_be_none(parameter) else value
    if parameter.kind == 'choice':
        return next((choice for choice in parameter.choices if choice == value), value)
    whole = parameter.kind == 'integer' and isinstance(value, float) and value.is_integer()
    return int(value) if whole else value


def _is_none(value: float | str | None) -> bool:
    return value is None or value != value  # NaN alone is not equal to itself
