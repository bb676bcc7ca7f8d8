"""A confusion matrix and, beside it, the pairs of classes that are taken for each other most often."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from PIL import Image

from mmchan.drawing.panels import shortened, show_image
from mmchan.drawing.pictures import INK, MUTED
from mmchan.drawing.widths import save
from mmchan.prediction.confusion import Case, Confusion, Pair

MOST = 24  # classes of a matrix
FEWEST, EXAMPLES = 3, 5  # images of a pair that there is room for: the title needs it, and at most
MATRIX, ROW = 6.2, 1.3  # inches: side of the matrix, height of a pair's row
MARGIN = 0.3  # of an object's box that is shown around it
LONGEST = 18  # characters of a class
COLOURS = 'Blues'


def draw_confusion(confusion: Confusion, pairs: Sequence[Pair], out: Path) -> None:
    """Draw the matrix in shares of each true class, and a row of images for each pair.

    Of more classes than a matrix can show, those of the pairs are drawn.

    Args:
        confusion: All cases.
        pairs: The pairs to show.
        out: The picture to write; its ending (.png, .svg, .pdf) chooses the format.

    Raises:
        InputError: For another ending.
    """
    height = max(MATRIX, ROW * len(pairs) + 0.4)
    columns = min(EXAMPLES, max([FEWEST, *(len(pair.cases) for pair in pairs)]))
    beside = columns * ROW + 0.4
    figure = Figure(figsize=(MATRIX + (beside if pairs else 0), height), layout='constrained')
    if not pairs:
        _draw_matrix(figure.subplots(), confusion, pairs)
    else:
        left, right = figure.subfigures(1, 2, width_ratios=(MATRIX, beside))
        _draw_matrix(left.subplots(), confusion, pairs)
        right.suptitle('worst pairs, the surest images first', fontsize=10, color=INK)
        rows = right.subfigures(len(pairs), 1, squeeze=False)[:, 0]
        for row, pair in zip(rows, pairs, strict=True):
            _draw_pair(row, pair, columns)
    save(figure, out)


def _shown(confusion: Confusion, pairs: Sequence[Pair]) -> list[int]:
    """Numbers of the classes to draw."""
    if len(confusion.classes) <= MOST:
        return list(range(len(confusion.classes)))
    named = dict.fromkeys(label for pair in pairs for label in (pair.cases[0].truth, pair.cases[0].predicted))
    return list(named)[:MOST]


def _draw_matrix(axes: Axes, confusion: Confusion, pairs: Sequence[Pair]) -> None:
    shown = _shown(confusion, pairs)
    counts = confusion.matrix[np.ix_(shown, shown)]
    totals = confusion.matrix.sum(axis=1)[shown, None]
    shares = counts / np.maximum(totals, 1)
    axes.imshow(shares, cmap=COLOURS, vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            ink = 'white' if shares[row, column] > 0.55 else INK
            axes.text(column, row, str(count), ha='center', va='center', fontsize=7, color=ink)
    names = [shortened(confusion.classes[label], LONGEST) for label in shown]
    axes.set_xticks(range(len(shown)), names, rotation=90 if max(map(len, names)) > 2 else 0, fontsize=8)
    axes.set_yticks(range(len(shown)), names, fontsize=8)
    axes.set(xlabel='taken for', ylabel='true class')
    axes.tick_params(colors=INK, length=0)
    axes.spines[:].set_color(MUTED)
    number = len(confusion.classes)
    part = '' if len(shown) == number else f'; {len(shown)} of {number} classes'
    axes.set_title(f'{confusion.summary}{part}', fontsize=10)


def _draw_pair(row: SubFigure, pair: Pair, columns: int) -> None:
    """The images of a pair below its name."""
    truth, predicted = (shortened(name, LONGEST) for name in (pair.truth, pair.predicted))
    text = f'{truth} → {predicted}:  {len(pair.cases)} ({pair.share:.0%})'
    row.suptitle(text, fontsize=9, color=INK, weight='bold', x=0.02, ha='left')
    panels = row.subplots(1, columns, squeeze=False)[0]
    for axes in panels:
        axes.set_axis_off()
    for axes, case in zip(panels, pair.cases, strict=False):
        pixels = _pixels(case)
        if pixels is not None:
            show_image(axes, pixels)
        axes.set_title(f'{case.score:.0%}' if case.score else 'missed', fontsize=7, color=MUTED, pad=2)


def _pixels(case: Case) -> np.ndarray | None:
    """A case's image, or its object with a margin; None where the file is gone."""
    if not case.image.is_file():
        return None
    with Image.open(case.image) as opened:
        image = opened.convert('RGB')
    if case.box is None:
        return np.asarray(image)
    left, top, width, height = case.box
    side = max(width, height) * (1 + MARGIN)
    middle = left + width / 2, top + height / 2
    corners = [round(place + sign * side / 2) for sign in (-1, 1) for place in middle]
    return np.asarray(image.crop(corners))
