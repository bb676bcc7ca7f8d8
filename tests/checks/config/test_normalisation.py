"""The order of ImageNet's mean against that of the images."""

import pytest
from mmengine.config import Config

from mmchan.checks.config.normalisation import check_normalisation

IN_RGB = [123.675, 116.28, 103.53]


@pytest.mark.parametrize(
    ('pixels', 'number'),
    [
        ({'mean': IN_RGB, 'to_rgb': True}, 0),
        ({'mean': IN_RGB, 'bgr_to_rgb': True}, 0),
        ({'mean': IN_RGB[::-1], 'to_rgb': False}, 0),
        ({'mean': [127.5, 127.5, 127.5]}, 0),
        ({'mean': [33.3]}, 0),
        ({'mean': 'x'}, 0),
        ({'mean': IN_RGB}, 1),
        ({'mean': IN_RGB[::-1], 'to_rgb': True}, 1),
    ],
)
@pytest.mark.parametrize('inside', [False, True], ids=['of the config', 'of the model'])
def test_mean_in_another_order_is_found(pixels, number, inside):
    pixels = {'data_preprocessor': pixels}
    found = list(check_normalisation(Config({'model': pixels} if inside else pixels)))
    assert len(found) == number
    assert all(one.where.endswith('data_preprocessor.mean') for one in found)
