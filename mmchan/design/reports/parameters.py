"""The parameters of a population as columns of numbers, whatever its family."""

import numpy as np

from mmchan.channels import quantized_linear_widths
from mmchan.design.spaces import Population
from mmchan.design.statistics import widths_per_block

LINE = ('w0', 'wa', 'wm', 'depth')  # parameters of a quantised line
COSTS = ('macs', 'parameters', 'activations')


def columns(population: Population) -> dict[str, np.ndarray]:
    """Numbers of each network by name, (N,): its parameters, what came of them, its costs.

    A parameter per stage is one column per stage, ``widths 1`` and so on. What is the same in all networks,
    or no number, or lacks in some of them, is left out.
    """
    found: dict[str, np.ndarray] = {}
    for name, values in population.varying.items():
        found |= _split(name, values)
    found['blocks'] = population.depths.sum(axis=1)
    found |= {name: getattr(population, name) for name in COSTS}
    return {name: values.astype(np.float64) for name, values in found.items() if _varies(values)}


def _split(name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    if values.ndim == 1:
        return {name: values}
    if (values == values[:, :1]).all():  # shared by all stages
        return {name: values[:, 0]}
    return {f'{name} {stage}': column for stage, column in enumerate(values.T, start=1)}


def _varies(values: np.ndarray) -> bool:
    if values.dtype.kind not in 'fiu' or len(values) == 0:
        return False
    return bool(np.isfinite(values).all() and np.ptp(values) > 0)


def blocks(population: Population) -> np.ndarray:
    """Widths per block as they came out, (N, blocks), NaN behind a network's last."""
    return _per_block(population.widths, population.depths)


def designed_blocks(population: Population) -> tuple[np.ndarray | list[tuple[int, ...]], str]:
    """Widths per block 'before' they were fitted to groups where the parameters tell, else 'after' it."""
    given = population.arguments
    if all(name in given for name in LINE):
        rows = zip(*(_filled(given[name], len(population)) for name in LINE), strict=True)
        return [quantized_linear_widths(int(w0), wa, wm, int(depth)) for w0, wa, wm, depth in rows], 'before'
    widths = population.varying.get('widths')
    if widths is not None and widths.shape == population.depths.shape:
        return _per_block(widths, population.depths), 'before'
    return blocks(population), 'after'


def _per_block(widths: np.ndarray, depths: np.ndarray) -> np.ndarray:
    there = depths > 0
    return widths_per_block(np.where(there, widths, np.nan), np.where(there, depths, np.nan))


def _filled(values: object, count: int) -> list[float]:
    return np.broadcast_to(np.asarray(values, dtype=np.float64), count).tolist()
