"""The tables and panels of ``mmchan rank``."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from rich.table import Table

from mmchan.cli.console import table
from mmchan.design import ranks
from mmchan.drawing.points import Curve, Panel

Profiles = Mapping[str, Sequence[ranks.PartProfile]]


def analysis_tables(found: ranks.Analysis) -> Iterator[Table]:
    """One table of rank ratios per kind."""
    settings = found.settings
    for place, kind in enumerate(settings.kinds):
        title = f'{ranks.KINDS[kind]}: rank / d_out by d_in / d_out'
        rows = table(title, '', *(f'{ratio:g}' for ratio in settings.ratios))
        rows.caption = (
            f'mean of {settings.networks} networks, standard error <= {found.rank_error[place].max():.3f}'
        )
        rows.caption_justify = 'left'
        for number, name in enumerate(settings.nonlinearities):
            values = found.rank_ratio[place, number]
            rows.add_row(ranks.NONLINEARITIES[name], *(f'{value:.3f}' for value in values))
        yield rows


def analysis_panels(found: ranks.Analysis) -> list[list[Panel]]:
    """Rank ratios, effective ranks and, at the least ratio, the singular values; a column per kind."""
    settings = found.settings
    least = int(np.argmin(settings.ratios))
    by_ratio = {'rank / width': found.rank_ratio, 'effective rank / width': found.effective_rank}
    rows = []
    for what, values in by_ratio.items():
        x_title = 'input channels / output channels'
        rows.append(_row(found, what, x_title, x=settings.ratios, values=values))
    what = f'share of singular values, at ratio {settings.ratios[least]:g}'
    x_title = 'at most this share of the largest'
    rows.append(_row(found, what, x_title, x=ranks.THRESHOLDS, values=found.cdf[:, :, least]))
    return rows


def _row(
    found: ranks.Analysis, what: str, x_title: str, *, x: Sequence[float], values: np.ndarray
) -> list[Panel]:
    """A panel per kind."""
    names = [ranks.NONLINEARITIES[name] for name in found.settings.nonlinearities]
    return [
        Panel(f'{ranks.KINDS[kind]}\n{what}', x_title, _curves(names, x, values[place]))
        for place, kind in enumerate(found.settings.kinds)
    ]


def _curves(names: Sequence[str], x: Sequence[float], values: np.ndarray) -> tuple[Curve, ...]:
    rows = zip(names, values, strict=True)
    return tuple(Curve(name, tuple(map(float, x)), tuple(map(float, row))) for name, row in rows)


def profile_table(name: str, profiles: Profiles, images: int) -> Table:
    """A row per block: widths, and the ranks with trained and with random weights."""
    first, second = profiles
    headings = [f'{measure}\n{which}' for measure in ('rank', 'effective') for which in (first, second)]
    rows = table(
        f'{name}: rank and effective rank / width on {images} images',
        *('block', 'in', 'out', 'ratio', 'pixels', *headings, 'dead'),
    )
    for one, other in zip(_blocks(profiles[first]), _blocks(profiles[second]), strict=True):
        pixels = f'{one.columns}{"*" * one.limited}'
        measured = (one.rank_ratio, other.rank_ratio, one.effective_rank, other.effective_rank)
        cells = (str(one.in_channels), str(one.channels), f'{one.ratio:.2f}', pixels)
        rows.add_row(str(one.block), *cells, *(f'{value:.3f}' for value in measured), str(one.dead))
    if any(one.limited for one in profiles[first]):
        rows.caption = '* fewer pixels than channels, which limits the rank: give more images'
        rows.caption_justify = 'left'
    return rows


def profile_panels(profiles: Profiles) -> list[list[Panel]]:
    """Rank, effective and stable rank of the blocks by their index; parts of the blocks below."""
    measures = {
        'rank / width': 'rank_ratio',
        'effective rank / width': 'effective_rank',
        'stable rank / width': 'stable_rank',
    }
    return [
        [_profile_panel(profiles, part, what, name) for what, name in measures.items()]
        for part in _part_names(next(iter(profiles.values())))
    ]


def _part_names(parts: Sequence[ranks.PartProfile]) -> list[str]:
    """The block, then what is in it, in the order of the block with most parts."""
    inside = defaultdict(list)
    for one in parts:
        inside[one.block].append(one.part)
    return sorted(max(inside.values(), key=len), key=lambda part: part != ranks.BLOCK)


def _profile_panel(profiles: Profiles, part: str, what: str, name: str) -> Panel:
    curves = []
    for which, parts in reversed(profiles.items()):
        chosen = [one for one in parts if one.part == part]
        x, y = (tuple(one.block for one in chosen), tuple(getattr(one, name) for one in chosen))
        curves.append(Curve(which, x, y))
    return Panel(f'{part}: {what}', 'block', tuple(curves))


def _blocks(parts: Sequence[ranks.PartProfile]) -> list[ranks.PartProfile]:
    return [one for one in parts if one.part == ranks.BLOCK]
