"""Numbers become widths, widths become plans, plans have a cost. Needs neither torch nor MMEngine."""

from mmchan.process.lazily import lazily

# module -> what it gives; a config that asks for a width needs no cost, and many programs need nothing at all
_MODULES = {
    'mmchan.channels.catalogue': (
        'arch_arguments',
        'families',
        'find_family',
        'find_variant',
        'get_plan',
        'list_variants',
        'out_channels',
        'preprocessing_of',
    ),
    'mmchan.channels.configs': (
        'on_head',
        'on_pyramid',
        'sized',
        'weights_url',
    ),
    'mmchan.channels.cost': (
        'Cost',
        'Layer',
        'count',
        'layers',
    ),
    'mmchan.channels.family': (
        'Family',
        'Preprocessing',
        'PublishedWeights',
        'Series',
        'Variant',
    ),
    'mmchan.channels.parameters': ('Parameter',),
    'mmchan.channels.plans': (
        'BlockPlan',
        'ConvPlan',
        'NetPlan',
        'SqueezePlan',
    ),
    'mmchan.channels.schedules': (
        'compound_coefficients',
        'compound_scaling',
        'fit_group_width',
        'linear_widths',
        'make_divisible',
        'piecewise_linear_widths',
        'quantized_linear_widths',
        'round_width',
    ),
    'mmchan.errors': ('InputError',),
}
_PLACES = {name: module for module, names in _MODULES.items() for name in names}
__all__ = sorted(_PLACES)
__getattr__, __dir__ = lazily(__name__, _PLACES)
