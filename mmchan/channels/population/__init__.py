"""The cost of a population: that of thousands of networks of a family at once, from arrays of parameters.

Equal to :func:`mmchan.channels.count` integer by integer. A family's ``population`` turns arrays of
parameters into arrays of layers (:class:`mmchan.channels.population.blocks.PopulationPlan`); what sums over
them stands here, once. A family without one is counted network by network: the same, some hundred times
slower. Needs NumPy, which :mod:`mmchan.channels` does not, and is therefore imported by its own name.
"""

from collections.abc import Iterator
from dataclasses import astuple, dataclass

import numpy as np

from mmchan.channels.cost import checked_size, count
from mmchan.channels.family import Family
from mmchan.channels.population.blocks import Convs, PopulationPlan
from mmchan.channels.population.parameters import (
    Arrays,
    Parameters,
    arguments_at,
    arguments_of,
    default_arrays,
    draw_parameters,
    family_of,
    parameter_arrays,
)
from mmchan.errors import InputError, require_integer

__all__ = ['PopulationCost', 'arguments_of', 'count_population', 'draw_parameters']

EXACT = 2.0**53  # integers below are exact in float64
CHUNK = 2048  # networks at a time: their arrays stay in the processor's cache


@dataclass(frozen=True, eq=False)
class PopulationCost:
    """Parameters, multiply-accumulates and activations of many networks, for one image.

    Attributes:
        parameters: int64, (N,).
        macs: int64, (N,).
        activations: int64, (N,).
        valid: Whether the parameters make a network, (N,); the cost of what is none is 0.
    """

    parameters: np.ndarray
    macs: np.ndarray
    activations: np.ndarray
    valid: np.ndarray


def count_population(
    family: str | Family,
    parameters: Parameters,
    resolution: int | tuple[int, int] = 224,
    *,
    num_classes: int | None = 1000,
) -> PopulationCost:
    """Count the cost of many networks of a family, as :func:`mmchan.channels.count` counts that of one.

    Args:
        family: The family or its name.
        parameters: By name an array (N,), or one value that all networks have in common; what is left out
            has its default. None is written as None, NaN or masked. Integers may be whole floats. What is
            per stage is an array (N, stages), None, NaN or masked behind a network's last stage, or a
            sequence of sequences; one sequence stands for all networks. Arrays of numbers or strings are
            quick, sequences of sequences and what holds None is looked at value by value.
        resolution: Side of a square image, or (height, width), in pixels, each >= 1.
        num_classes: Classes of the classifier; None counts the backbones alone.

    Returns:
        Arrays (N,). Parameters that are allowed one by one but do not go together, such as a RegNet's of
        more than six stages, are not ``valid``.

    Raises:
        InputError: For an unknown, a missing or a wrong parameter, with the first wrong value; for a
            resolution or a number of classes that is not a positive integer; for a cost beyond 64 bits.

    >>> count_population('rexnet', {'width_mult': [1.0, 1.3]}).parameters
    array([4796873, 7557091])
    """
    family = family_of(family)
    size = checked_size(resolution)
    if num_classes is not None:
        require_integer(num_classes, 'num_classes')
    given, networks = parameter_arrays(family, parameters)
    totals, valid, settled = np.zeros((3, networks)), np.ones(networks, bool), np.zeros(networks, bool)
    plan_population = family.load('population')
    if plan_population:
        every = {**given, **default_arrays(family, given)}
        with np.errstate(all='ignore'):  # of networks that are none
            for chunk in _chunks(networks):
                plan = plan_population(**_columns(every, chunk))
                _add(totals[:, chunk], plan, size, num_classes)
                valid[chunk] = plan.valid
                exact = (totals[:, chunk] < EXACT).all(axis=0)
                settled[chunk] = ~plan.aside & (~plan.valid | exact)
    costs = np.where(valid & settled, totals, 0).astype(np.int64)
    for network in np.flatnonzero(~settled):
        cost = _count_one(family, arguments_at(family, given, network), size, num_classes)
        valid[network] = cost is not None
        costs[:, network] = 0 if cost is None else cost
    return PopulationCost(*costs, valid)


def _chunks(networks: int) -> Iterator[slice]:
    return (slice(start, start + CHUNK) for start in range(0, networks, CHUNK))


def _columns(arrays: Arrays, chunk: slice) -> Arrays:
    """Parameters of some networks; what all have in common stays as it is."""
    return {name: array if array.shape[-1] == 1 else array[..., chunk] for name, array in arrays.items()}


def _add(totals: np.ndarray, plan: PopulationPlan, size: tuple[int, int], num_classes: int | None) -> None:
    """Add the cost of all layers to totals, (3, N)."""
    head = [] if num_classes is None else [*plan.hidden, plan.classifier(num_classes)]
    for convs in (*plan.convs, *head):
        for total, cost in zip(totals, _costs(convs, size), strict=True):
            total += cost


def _costs(convs: Convs, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parameters, MACs and activations, (N,) each, as :attr:`mmchan.channels.Layer.cost` has them."""
    outputs = np.atleast_2d(convs.out_channels * convs.repeats)
    weights = outputs * (convs.kernel_size**2 * (convs.in_channels / convs.groups))
    pixels = _pixels(np.atleast_2d(convs.stride), size)
    activations = np.einsum('rn,rn->n', outputs, pixels)  # (rows, N): a product and its sum in one pass
    parameters = weights.sum(axis=0) + (convs.bias + 2 * convs.norm) * outputs.sum(axis=0)
    return parameters, np.einsum('rn,rn->n', weights, pixels) + convs.bias * activations, activations


def _pixels(stride: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Pixels of a map; one after another, strides round up as their product does."""
    height, width = size
    rows = np.maximum(1, np.ceil(height / stride))
    return rows * (rows if height == width else np.maximum(1, np.ceil(width / stride)))


def _count_one(
    family: Family, arguments: dict[str, object], size: tuple[int, int], num_classes: int | None
) -> tuple[int, int, int] | None:
    """The cost of one network; None where the arguments do not go together."""
    try:
        plan = family.plan(**arguments)
    except InputError:
        return None
    cost = count(plan, size, num_classes=num_classes)
    if max(astuple(cost)) > np.iinfo(np.int64).max:
        raise InputError(f'cost must be below 2 ** 63, got {cost} for {arguments}')
    return astuple(cost)
