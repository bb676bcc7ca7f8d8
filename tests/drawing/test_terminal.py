"""Curves on a terminal have their points where they belong, at any size."""

import io
import math

import pytest
from rich.console import Console

from mmchan.drawing.points import Curve, Panel
from mmchan.drawing.terminal import plot_panel, plot_values


def printed(content, **settings):
    console = Console(file=io.StringIO(), width=60, color_system=None, **settings)
    console.print(content)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize('values', [[0.0, 1.0], [1.0, 0.0], [0.0, math.nan, 1.0]])
def test_curve_goes_from_corner_to_corner(values):
    rows = plot_values(values, width=10, height=3).plain.splitlines()
    assert [len(row) for row in rows] == [10, 10, 10]
    top, bottom = (rows[0], rows[2]) if values[0] < values[-1] else (rows[0][::-1], rows[2][::-1])
    assert top[-1] != '⠀' == top[0]
    assert bottom[0] != '⠀' == bottom[-1]


@pytest.mark.parametrize('values', [[], [3.0], [2.0, 2.0], [math.nan]])
def test_curve_without_extent_is_drawn(values):
    assert len(plot_values(values, width=5, height=2).plain.splitlines()) == 2


def test_panel_shows_limits_and_fits_its_width():
    panel = Panel('loss', 'iteration', (Curve('a', (10.0, 400.0), (2.5, 0.125)),))
    lines = printed(plot_panel(panel, ['a'], width=40, height=4))
    assert lines[0].split() == ['loss']
    assert lines[1].split()[0] == '2.5'
    assert lines[4].split()[0] == '0.125'
    assert lines[5].split() == ['10', 'iteration', '400']
    assert max(map(len, lines)) <= 40


def test_curves_of_runs_keep_their_colours():
    curves = tuple(Curve(name, (0.0, 1.0), (height, height)) for name, height in [('a', 0.0), ('b', 1.0)])
    both = plot_panel(Panel('', '', curves), ['a', 'b'], width=30, height=4)
    only = plot_panel(Panel('', '', curves[1:]), ['a', 'b'], width=30, height=4)
    for grid, styles in ((both, {'cyan', 'magenta'}), (only, {'magenta'})):
        lines = list(grid.columns[1].cells)[1:-1]
        assert {span.style for line in lines for span in line.spans if span.style} == styles
