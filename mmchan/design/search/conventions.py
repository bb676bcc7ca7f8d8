"""Conventional channel configurations, fitted to a space, to compare a search with.

A convention is a shape: how widths go from the first block to the last. Fitted to a space, every block has
the width that the shape has at the same part of its depth, times the greatest multiplier that the space's
constraints allow. Which conventions the paper compares with is its choice; how they are fitted to other
numbers of blocks is not published, and ours.

Source: arXiv:2007.00992, section 4.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from mmchan.channels import get_plan
from mmchan.design.samplers.cube import MIDDLE, Cube, population_of
from mmchan.design.spaces import Population, Space
from mmchan.design.spaces.draws import Draws
from mmchan.errors import InputError, require_known

MULTIPLIERS = np.geomspace(0.01, 100, 4000)  # of the shape's widths; a quarter of a percent apart


def _of(arch: str) -> Callable[[], np.ndarray]:
    """The widths of a variant's blocks."""
    return lambda: np.array(get_plan(arch).widths, dtype=float)


def _of_stages(*stages: tuple[int, int]) -> Callable[[], np.ndarray]:
    """The widths of blocks, from the width and the number of blocks of each stage."""
    widths, depths = zip(*stages, strict=True)
    return lambda: np.repeat(np.array(widths, dtype=float), depths)


STAGEWISE: Mapping[str, Callable[[], np.ndarray]] = MappingProxyType({
    'mobilenet_v2': _of('mobilenet_v2-1.0x'),
    'efficientnet-b0': _of('efficientnet-b0'),
    # arXiv:1807.11626, figure 7 (A1), and arXiv:1812.03443, table 3 (C)
    'mnasnet-a1': _of_stages((16, 1), (24, 2), (40, 3), (80, 4), (112, 2), (160, 3), (320, 1)),
    'fbnet-c': _of_stages((16, 1), (24, 4), (32, 4), (64, 4), (112, 4), (184, 4), (352, 1)),
})  # fmt: skip
LINES: Mapping[str, Callable[[], np.ndarray]] = MappingProxyType({
    'rexnet': _of('rexnet-1.0x'),
    'constant': lambda: np.ones(2),
})  # fmt: skip
CONVENTIONS = (*STAGEWISE, *LINES)


def shape(name: str, blocks: int) -> np.ndarray:
    """The widths of a convention for a number of blocks, in its own units, (blocks,).

    Args:
        name: 'mobilenet_v2', 'efficientnet-b0', 'mnasnet-a1' or 'fbnet-c', constant in each stage; 'rexnet',
            on a straight line between its ends; or 'constant'.
        blocks: Number of blocks.

    Raises:
        InputError: For an unknown name.

    >>> shape('mobilenet_v2', 5).astype(int).tolist()
    [24, 32, 64, 96, 160]
    """
    require_known(name, CONVENTIONS, 'convention')
    if name in LINES:
        own = LINES[name]()
        return np.linspace(own[0], own[-1], blocks)
    own = STAGEWISE[name]()
    return own[((np.arange(blocks) + 0.5) / blocks * len(own)).astype(int)]


def conventional(name: str, space: Space) -> Population:
    """The widest network of a convention that the constraints of a space allow; all else as in the space.

    Args:
        name: As for :func:`shape`.
        space: One with a width for every block, in which nothing else varies.

    Raises:
        InputError: For a space in which other things vary or widths are not those of blocks; where no
            multiplier passes the constraints.
    """
    widths = np.rint(MULTIPLIERS[:, None] * shape(name, blocks_of(space)))
    draws = _with_widths(space, np.unique(np.maximum(widths, 1), axis=0))
    for check in space.checks:
        draws = draws.take(check.passes(draws)) if len(draws) else draws
    if not len(draws):
        raise InputError(f'no network with the widths of {name} passes the constraints of {space.name}')
    widest = int(np.argmax(draws.cost.macs))
    return population_of(draws, {widest: draws.network(widest)})


def blocks_of(space: Space) -> int:
    """Number of blocks of a space that has a width for every block, in which nothing else varies.

    Raises:
        InputError: For any other space.
    """
    others = sorted({side.partition('.')[0] for side in Cube(space).sides} - {'widths'})
    depths = {depth for row in _with_widths(space, None).drawn.get('depths', ()) for depth in row}
    if 'widths' not in space.scheme.rows or others or depths - {1}:
        found = f'{", ".join(others)} vary' if others else 'its widths are not those of single blocks'
        raise InputError(
            f'conventions are compared in a space with a width for every block and nothing else that varies, '
            f"as mmchan.design.spaces.rexnet('linear') and ('piecewise'); in {space.name} {found}"
        )
    return space.scheme.most_stages


def _with_widths(space: Space, widths: np.ndarray | None) -> Draws:
    """Draws of a space with other widths, (N, blocks)."""
    cube = Cube(space)
    draws = cube.draws(np.full((1 if widths is None else len(widths), len(cube.sides)), MIDDLE))
    return draws if widths is None else replace(draws, drawn={**draws.drawn, 'widths': widths})
