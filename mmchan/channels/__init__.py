"""Numbers become widths, widths become plans, plans have a cost. Needs neither torch nor MMEngine."""

from mmchan.channels.archs import VARIANTS, Variant, find_variant, get_plan, list_variants, out_channels
from mmchan.channels.cost import Cost, Layer, count, layers
from mmchan.channels.families import FAMILIES, anynet, efficientnet_lite, regnet, rexnet, rexnet_lite
from mmchan.channels.plans import BlockPlan, ConvPlan, NetPlan
from mmchan.channels.schedules import (
    compound_coefficients,
    compound_scaling,
    fit_group_width,
    linear_widths,
    make_divisible,
    piecewise_linear_widths,
    quantized_linear_widths,
    round_width,
)
from mmchan.errors import InputError

__all__ = [
    'FAMILIES',
    'VARIANTS',
    'BlockPlan',
    'ConvPlan',
    'Cost',
    'InputError',
    'Layer',
    'NetPlan',
    'Variant',
    'anynet',
    'compound_coefficients',
    'compound_scaling',
    'count',
    'efficientnet_lite',
    'find_variant',
    'fit_group_width',
    'get_plan',
    'layers',
    'linear_widths',
    'list_variants',
    'make_divisible',
    'out_channels',
    'piecewise_linear_widths',
    'quantized_linear_widths',
    'regnet',
    'rexnet',
    'rexnet_lite',
    'round_width',
]
