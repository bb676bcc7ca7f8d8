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
        values = np.where(np.ma.getmaskarray(values), None, values.data)
    array = _by_stage(values) if parameter.per_stage else _in_a_row(values)
    if array.ndim != 1 + parameter.per_stage:
        axes = '(N, stages)' if parameter.per_stage else '(N,)'
        raise InputError(f'{parameter.name} must be of shape {axes}, got {np.shape(values)}')
    if array.dtype.kind not in 'iufU':
        array = _from_objects(parameter, array)
    if array.dtype.kind in 'iuf':
        array = np.ascontiguousarray(array, dtype=np.float64)
    allowed = _are_choices if parameter.kind == 'choice' else _are_numbers
    if not allowed(parameter, array):
        _raise_at_first(parameter, array)
    return array


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
    rows = [values] if values is None or not any(row is None or np.ndim(row) for row in values) else values
    rows = [() if row is None else row for row in rows]
    longest = max(1, *map(len, rows))
    return np.array([[*row, *[None] * (longest - len(row))] for row in rows], dtype=object).T


def _from_objects(parameter: Parameter, array: np.ndarray) -> np.ndarray:
    """Objects, each checked, as numbers or names where they can be; None becomes NaN."""
    for value in array.T.ravel().tolist():
        if value is not None:
            parameter.check((value,) if parameter.per_stage else value)
    kinds = {type(choice) for choice in parameter.choices}
    if kinds <= {int, float}:
        return array.astype(np.float64)
    return array.astype(str) if kinds == {str} else array


def _are_choices(parameter: Parameter, array: np.ndarray) -> bool:
    return bool(np.logical_or.reduce([array == choice for choice in parameter.choices]).all())


def _are_numbers(parameter: Parameter, array: np.ndarray) -> bool:
    """Whether numbers are allowed, all of them: an interval has what lies between two numbers that it has."""
    if array.dtype.kind != 'f':
        return False
    missing = np.isnan(array)
    known = array[~missing] if missing.any() else array
    if known.size < array.size and not _may_miss(parameter, missing):
        return False
    if parameter.kind == 'integer' and (known != np.rint(known)).any():
        return False
    ends = (known.min(), known.max()) if known.size else ()
    return all(end in parameter.bounds and np.isfinite(end) for end in ends)


def _may_miss(parameter: Parameter, missing: np.ndarray) -> bool:
    if parameter.per_stage:
        return not (missing[:-1] & ~missing[1:]).any()
    return _may_be_none(parameter)


def _may_be_none(parameter: Parameter) -> bool:
    return parameter.optional or parameter.default is None


def _raise_at_first(parameter: Parameter, array: np.ndarray) -> None:
    """Raise InputError for the first network with a wrong value."""
    for network in range(array.shape[-1]):
        values = array[..., network].tolist()
        value = _argument(parameter, values)
        try:
            parameter.check(value)
        except InputError as error:
            raise InputError(f'{error} (network {network})') from None
        if parameter.per_stage and value and len(value) < len(values) and not np.isnan(values[len(value)]):
            rule = "without NaN in front of a network's last stage"
            raise InputError(f'{parameter.name} must be {rule}, got {values} (network {network})')
        if np.inf in np.atleast_1d(value):
            raise InputError(f'{parameter.name} must be finite, got {value} (network {network})')
    raise AssertionError(f'no value of {parameter.name} is wrong, but all of them together are')


def _argument(parameter: Parameter, values: object) -> object:
    """A value, or of what is per stage a tuple of values, as the plan function takes it."""
    if not parameter.per_stage:
        return _plain(parameter, values)
    known = tuple(_plain(parameter, value) for value in values if not np.isnan(value))
    return known or (() if parameter.is_required else None)


def _plain(parameter: Parameter, value: float | str) -> object:
    if parameter.kind == 'choice':
        return next((choice for choice in parameter.choices if choice == value), value)
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return None if _may_be_none(parameter) else value
    return int(value) if parameter.kind == 'integer' and value.is_integer() else value
