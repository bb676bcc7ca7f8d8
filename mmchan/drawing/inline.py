"""Charts inside a page: their SVG with the page's colours, its font, and points that it can find."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from mmchan.drawing.curves import COLOURS
from mmchan.drawing.pictures import DOTS, GRID, GROUND, INK, MUTED, Dots, Picture

SVG, LINK = 'http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink'
NAMES = {INK: 'ink', MUTED: 'muted', GRID: 'grid', GROUND: 'ground'}
NAMES |= {colour: f'series-{number}' for number, colour in enumerate(COLOURS)}
ON_DARK = ('#e6edf3', '#a5b0bb', '#343b44', '#12161b')  # what the ones above are on a dark ground, in order
ON_DARK += ('#56b4e9', '#f08a4b', '#2fbf94', '#e59cc6', '#a7d8f5', '#d9a520', '#a3adbb')
COLOUR = re.compile('|'.join(NAMES))
FONT = re.compile(r'font-family: [^;]*;\s*|font: ([\d.]+)px [^;]*')
REFERENCE = re.compile(r'#([\w-]+)')


def inline_svg(picture: Picture, path: Path) -> str:
    """The SVG of a chart as an element that stands in a page.

    Colours are the page's variables ``--ink``, ``--muted``, ``--grid``, ``--ground`` and ``--series-0``, …;
    points have ``data-network``, their group has ``data-series``.

    Args:
        picture: The chart.
        path: Its SVG file, which :func:`mmchan.drawing.pictures.plot_picture` has written.
    """
    root = ET.fromstring(path.read_text(encoding='utf-8'))  # noqa: S314 - we have written it
    _shorten(root)
    _name_points(root, picture)
    _rename(root, picture.name)
    _take_colours(root)
    ET.register_namespace('', SVG)
    ET.register_namespace('xlink', LINK)
    return ET.tostring(root, encoding='unicode')


def colour_variables(*, dark: bool = False) -> str:
    """The declarations, for a style sheet, of the variables that :func:`inline_svg` uses."""
    colours = ON_DARK if dark else NAMES
    return ' '.join(f'--{name}: {colour};' for name, colour in zip(NAMES.values(), colours, strict=True))


def _shorten(root: ET.Element) -> None:
    """Drop what a page sets itself, and what says nothing."""
    for child in list(root):
        if child.tag == f'{{{SVG}}}metadata' or child.find(f'{{{SVG}}}style') is not None:
            root.remove(child)
    for name in ('width', 'height', 'version'):
        root.attrib.pop(name, None)
    for element in root.iter():
        if element.get('transform', '').startswith('rotate(-0 '):
            del element.attrib['transform']


def _name_points(root: ET.Element, picture: Picture) -> None:
    groups = {group.get('id'): group for group in root.iter(f'{{{SVG}}}g')}
    for number, layer in enumerate(picture.layers):
        if isinstance(layer, Dots) and len(layer.x):
            group = groups[f'{DOTS}{number}']
            marks = list(_marks(group))
            for child in [child for child in group if child.tag != f'{{{SVG}}}defs']:
                group.remove(child)
            group.set('class', 'points')
            group.set('data-series', str(layer.series))
            for mark, network in zip(marks, layer.networks, strict=True):
                style = mark.attrib.pop('style', '')
                group.set('style', style)
                mark.set('data-network', str(network))
                group.append(mark)


def _marks(group: ET.Element) -> Iterator[ET.Element]:
    """The elements that are points: not those of definitions."""
    for child in group:
        if child.tag == f'{{{SVG}}}g':
            yield from _marks(child)
        elif child.tag != f'{{{SVG}}}defs':
            yield child


def _rename(root: ET.Element, name: str) -> None:
    """Names that no other chart of the page has, and only of what is referred to."""
    used = {found for element in root.iter() for found in _references(element)}
    for element in root.iter():
        own = element.attrib.pop('id', None)
        if own in used:
            element.set('id', f'{name}-{own}')
        for attribute, value in element.attrib.items():
            if value.startswith(('#', 'url(#')):
                element.set(attribute, REFERENCE.sub(rf'#{name}-\1', value))


def _references(element: ET.Element) -> Iterator[str]:
    for value in element.attrib.values():
        if value.startswith(('#', 'url(#')):
            yield from REFERENCE.findall(value)


def _take_colours(root: ET.Element) -> None:
    for element in root.iter():
        style = element.get('style')
        if style:
            style = FONT.sub(lambda found: f'font-size: {found[1]}px' if found[1] else '', style)
            element.set('style', COLOUR.sub(lambda found: f'var(--{NAMES[found[0]]})', style))
