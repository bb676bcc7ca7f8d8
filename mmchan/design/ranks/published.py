"""What the published figure shows, read off it to about 0.01."""

from collections.abc import Mapping
from types import MappingProxyType

from mmchan.design.ranks.settings import BOTTLENECK, CONV1, CONV3, DEPTHWISE_BOTTLENECK

# kind -> channel dimension ratio -> nonlinearity -> rank ratio. Source: arXiv:2007.00992v3, figure 1
FIGURE: Mapping[str, Mapping[float, Mapping[str, float]]] = MappingProxyType(
    {
        CONV1: {
            0.1: {
                'relu6': 0.855,
                'relu': 0.848,
                'leaky_relu': 0.875,
                'elu': 0.915,
                'softplus': 0.935,
                'hardswish': 0.948,
                'silu': 0.958,
            },
            0.2: {
                'relu6': 0.905,
                'relu': 0.900,
                'leaky_relu': 0.930,
                'elu': 0.963,
                'softplus': 0.975,
                'hardswish': 0.983,
                'silu': 0.984,
            },
            1.0: {
                'relu6': 0.960,
                'relu': 0.966,
                'leaky_relu': 0.992,
                'elu': 0.998,
                'softplus': 0.998,
                'hardswish': 0.999,
                'silu': 0.999,
            },
        },
        CONV3: {
            0.1: {
                'relu6': 0.868,
                'relu': 0.866,
                'leaky_relu': 0.882,
                'elu': 0.920,
                'softplus': 0.946,
                'hardswish': 0.963,
                'silu': 0.963,
            },
        },
        BOTTLENECK: {
            0.1: {
                'relu6': 0.30,
                'relu': 0.30,
                'leaky_relu': 0.32,
                'softplus': 0.365,
                'hardswish': 0.38,
                'silu': 0.385,
            },
            0.5: {'relu6': 0.91, 'silu': 0.958},
        },
        DEPTHWISE_BOTTLENECK: {
            0.1: {'relu6': 0.19, 'relu': 0.19, 'softplus': 0.225, 'hardswish': 0.24, 'silu': 0.25},
            0.3: {'relu6': 0.48, 'silu': 0.575},
            0.7: {'relu6': 0.84, 'silu': 0.875},
        },
    }
)
