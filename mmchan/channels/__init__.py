"""Numbers become widths, widths become plans, plans have a cost. Needs neither torch nor MMEngine."""

from mmchan.channels.catalogue import (
    arch_arguments,
    families,
    find_family,
    find_variant,
    get_plan,
    list_variants,
    out_channels,
    preprocessing_of,
)
from mmchan.channels.configs import on_head, on_pyramid, sized, weights_url
from mmchan.channels.cost import Cost, Layer, count, layers
from mmchan.channels.family import Family, Preprocessing, PublishedWeights, Series, Variant
from mmchan.channels.parameters import Parameter
from mmchan.channels.plans import BlockPlan, ConvPlan, NetPlan, SqueezePlan
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
    'BlockPlan',
    'ConvPlan',
    'Cost',
    'Family',
    'InputError',
    'Layer',
    'NetPlan',
    'Parameter',
    'Preprocessing',
    'PublishedWeights',
    'Series',
    'SqueezePlan',
    'Variant',
    'arch_arguments',
    'compound_coefficients',
    'compound_scaling',
    'count',
    'families',
    'find_family',
    'find_variant',
    'fit_group_width',
    'get_plan',
    'layers',
    'linear_widths',
    'list_variants',
    'make_divisible',
    'on_head',
    'on_pyramid',
    'out_channels',
    'piecewise_linear_widths',
    'preprocessing_of',
    'quantized_linear_widths',
    'round_width',
    'sized',
    'weights_url',
]
