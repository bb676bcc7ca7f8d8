"""Pieces of the report's page: numbers that name themselves, tables, figures, sections."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from math import log10

from mmchan.drawing.pictures import Dots, Picture

UNITS = ((1e9, 'G'), (1e6, 'M'), (1e3, 'k'))
NONE = '&ndash;'
FORMATS: Mapping[str, Callable[[float], str]] = {
    'count': lambda value: f'{value:,.0f}',
    'percent': lambda value: f'{100 * value:.2f}',
    'share': lambda value: f'{value:.3f}',
    'signed': lambda value: '0.00' if abs(value) < 0.005 else f'{value:+.2f}',
    'number': lambda value: f'{value:.4g}',
    'p': lambda value: f'{value:.2g}',
    'amount': lambda value: amount(value),
    'hours': lambda value: f'{value / 3600:.2f}',
    'text': str,
}


def amount(value: float) -> str:
    """Three digits or more, and a letter for thousands, millions or billions.

    >>> [amount(value).replace('\u00a0', ' ') for value in (439610, 5812, 400e6, 12.5)]
    ['440 k', '5.81 k', '400 M', '12.5']
    """
    unit, letter = next(((unit, letter) for unit, letter in UNITS if abs(value) >= unit), (1, ''))
    return f'{value / unit:.{max(0, 2 - int(log10(max(abs(value / unit), 1))))}f}\u00a0{letter}'.rstrip(
        '\u00a0'
    )


class Values:
    """Shows numbers of a report by their names, so that the page has none of its own.

    Args:
        numbers: Of the report.
    """

    def __init__(self, numbers: Mapping[str, object]) -> None:
        self.numbers = numbers

    def of(self, name: str) -> object:
        """The number of a name, such as 'spaces.0.errors.best'; None where there is none."""
        found = self.numbers
        for part in name.split('.'):
            if found is None:
                return None
            found = found[int(part)] if isinstance(found, list) else found.get(part)
        return found

    def show(self, name: str, kind: str = 'number') -> str:
        """The number as an element that tells its name and how it is written."""
        value = self.of(name)
        if value is None:
            return NONE
        text = escape(FORMATS[kind](value))
        return f'<data value="{escape(str(value))}" data-name="{name}" data-kind="{kind}">{text}</data>'

    def interval(self, low: str, high: str, kind: str = 'number') -> str:
        """Two numbers as an interval."""
        return f'{self.show(low, kind)} to {self.show(high, kind)}'


def table(caption: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column names its rows; it scrolls sideways by itself where it must.

    Args:
        caption: What it shows, text.
        headings: Of the columns, text.
        rows: Cells, HTML.
    """
    head = ''.join(f'<th scope="col">{escape(one)}</th>' if one else '<td></td>' for one in headings)
    body = ''.join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    label = escape(caption, quote=True)
    return (
        f'<div class="scroll" role="region" aria-label="{label}" tabindex="0"><table>'
        f'<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def figure(picture: Picture, svg: str) -> str:
    """A figure with its caption."""
    points = any(isinstance(layer, Dots) for layer in picture.layers)
    role = 'group' if points else 'img'
    title = escape(picture.title, quote=True)
    svg = svg.replace('<svg ', f'<svg role="{role}" aria-label="{title}" ', 1)
    return f'<figure id="figure-{picture.name}">{svg}<figcaption>{title}.</figcaption></figure>'


def tables(each: Sequence[str]) -> str:
    """Tables side by side where there is room."""
    return f'<div class="tables">{"".join(each)}</div>' if each else ''


def figures(pictures: Sequence[tuple[Picture, str]]) -> str:
    """Figures side by side where there is room."""
    return f'<div class="figures">{"".join(figure(*one) for one in pictures)}</div>' if pictures else ''


def section(name: str, title: str, *parts: str) -> str:
    """A section of the page."""
    inside = '\n'.join(filter(None, parts))
    heading = f'<h2 id="{name}-title">{escape(title)}</h2>'
    return f'<section id="{name}" aria-labelledby="{name}-title">{heading}\n{inside}</section>'


def paragraph(text: str) -> str:
    """A paragraph of HTML."""
    return f'<p>{text}</p>'


def listed(items: Sequence[str]) -> str:
    """A list of HTML."""
    return f'<ul>{"".join(f"<li>{item}</li>" for item in items)}</ul>' if items else ''


def network_button(space: int, network: int, text: str) -> str:
    """A button that shows a network."""
    which = f'data-series="{space}" data-network="{network}"'
    return f'<button type="button" class="link" {which}>{escape(text)}</button>'
