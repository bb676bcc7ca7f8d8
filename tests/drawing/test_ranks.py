"""Pictures of ranks: legible on either ground, whole or not there."""

import pytest
from matplotlib.colors import to_rgb

from mmchan.drawing.points import Curve, Panel
from mmchan.drawing.ranks import THEMES, plot_ranks
from mmchan.errors import InputError

PANEL = Panel(
    '1x1 conv', 'ratio', (Curve('linear', (0.1, 1.0), (0.1, 1.0)), Curve('SiLU', (0.1, 1.0), (0.9, 1.0)))
)


def luminance(colour):
    """WCAG 2's relative luminance."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize('theme', THEMES)
def test_colours_stand_out_from_their_ground(theme):
    look = THEMES[theme]
    assert len(set(look.colours)) == 8
    assert min(contrast(colour, look.ground) for colour in look.colours) >= 3
    assert contrast(look.ink, look.ground) >= 4.5


@pytest.mark.parametrize('theme', THEMES)
def test_curves_are_drawn_on_the_ground_of_the_theme(tmp_path, theme):
    plot_ranks([[PANEL]], tmp_path / 'ranks.svg', title='Ranks', theme=theme, logarithmic=0)
    drawn = (tmp_path / 'ranks.svg').read_text()
    look = THEMES[theme]
    assert all(colour in drawn for colour in (look.ground, look.ink, *look.colours[:2]))
    assert look.colours[2] not in drawn


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(InputError, match='the file must end in'):
        plot_ranks([[PANEL]], tmp_path / 'ranks.bmp', title='')
    assert not any(tmp_path.iterdir())
