"""What several sections of the report's page say alike."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from mmchan.design.reports.html import NONE, Values, network_button
from mmchan.drawing.pictures import Picture

Drawn = Sequence[tuple[Picture, str]]
Parts = list[str]
RELATED = ('rank correlation', 'its interval', 'p')  # headings of what `related` gives


def spaces_with(values: Values, part: str = 'name') -> list[tuple[int, Mapping]]:
    """The spaces that have a part, with their numbers."""
    return [(number, space) for number, space in enumerate(values.numbers['spaces']) if space[part]]


def cells(values: Values, at: str, *pairs: tuple[str, str]) -> list[str]:
    """Numbers of one place, each by its name there and how it is written."""
    return [values.show(f'{at}.{name}', kind) for name, kind in pairs]


def button(number: int, found: Mapping) -> str:
    """A button that shows a network."""
    return network_button(number, found['network'], found['id'])


def related(values: Values, at: str) -> list[str]:
    """A correlation, its interval and its p-value."""
    at = f'{at}.correlation'
    interval = values.interval(f'{at}.low', f'{at}.high', 'signed') if values.of(at) else NONE
    return [values.show(f'{at}.value', 'signed'), interval, values.show(f'{at}.p_value', 'p')]


def widths(values: Values, at: str) -> str:
    """Widths per block, equal neighbours once with how many there are: 24-40x3-96."""
    shown = []
    for _, places in groupby(range(len(values.of(at))), key=lambda place: values.of(f'{at}.{place}')):
        first, *others = places
        times = f'x{len(others) + 1}' if others else ''
        shown.append(values.show(f'{at}.{first}', 'count') + times)
    return '-'.join(shown)
