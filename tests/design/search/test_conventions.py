"""Conventions keep their shape, are as wide as the limits allow, and are compared where that makes sense."""

import numpy as np
import pytest

from mmchan.design import search, spaces
from mmchan.errors import InputError

LIMITS = {'macs': (0, 100e6), 'parameters': (0, 0.5e6)}
SPACE = spaces.rexnet('piecewise', blocks=9).within(**LIMITS)


def test_shape_at_its_own_depth_is_that_of_the_paper():
    # MobileNetV2, table 2: stages of 1, 2, 3, 4, 3, 3 and 1 blocks
    widths = [16] + [24] * 2 + [32] * 3 + [64] * 4 + [96] * 3 + [160] * 3 + [320]
    assert search.shape('mobilenet_v2', 17).tolist() == widths
    assert search.shape('constant', 3).tolist() == [1, 1, 1]
    assert search.shape('rexnet', 3).tolist() == [16, 100.5, 185]  # a line between ReXNet-1.0's ends


@pytest.mark.parametrize('name', search.CONVENTIONS)
def test_convention_is_the_widest_within_the_limits(name):
    population = search.conventional(name, SPACE)
    widths = np.array(population.plan(0).widths)
    shape = search.shape(name, 9)
    assert population.macs[0] <= LIMITS['macs'][1]
    assert population.parameters[0] <= LIMITS['parameters'][1]
    near = max(population.macs[0] / LIMITS['macs'][1], population.parameters[0] / LIMITS['parameters'][1])
    assert near > 0.95
    multiplier = widths.sum() / shape.sum()
    assert np.abs(widths - multiplier * shape).max() <= 1


@pytest.mark.parametrize(
    ('name', 'found'), [('regnetx', 'w0, wa, wm vary'), ('rexnet_stagewise', 'not those of')]
)
def test_space_without_a_width_per_block_is_refused(name, found):
    with pytest.raises(InputError, match=found):
        search.conventional('rexnet', spaces.get(name))


def test_limits_that_no_multiplier_passes_are_named():
    with pytest.raises(InputError, match='no network with the widths of fbnet-c'):
        search.conventional('fbnet-c', SPACE.within(macs=(0, 1000)))
