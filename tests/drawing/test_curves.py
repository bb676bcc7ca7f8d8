"""The picture of the curves is written whole, and holds every curve."""

import numpy as np
import pytest
from PIL import Image

from mmchan.drawing.curves import COLOURS, plot_curves
from mmchan.drawing.points import Curve, Panel
from mmchan.errors import InputError


def panel(*names):
    x = tuple(map(float, range(50)))
    curves = [
        Curve(name, x, tuple(value + index for value in x), rough=x) for index, name in enumerate(names)
    ]
    return Panel('loss', 'iteration', tuple(curves))


@pytest.mark.parametrize('panels', [1, 3])
def test_every_curve_is_on_the_picture(tmp_path, panels):
    plot_curves([panel('a', 'b')] * panels, tmp_path / 'curves.png', title='net')
    pixels = np.asarray(Image.open(tmp_path / 'curves.png').convert('RGB')).reshape(-1, 3)
    for colour in COLOURS[:2]:
        wanted = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
        assert (pixels == wanted).all(axis=1).sum() > 100 * panels
    assert [path.name for path in tmp_path.iterdir()] == ['curves.png']


def test_other_formats_are_refused(tmp_path):
    with pytest.raises(InputError, match=r'must end in \.png'):
        plot_curves([panel('a')], tmp_path / 'curves.txt')
