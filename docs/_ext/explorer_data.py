"""Writes what the channel explorer and the drawings of widths read: families as their records say, spaces.

Families of other distributions are among them. The scripts have the arithmetic of some families; of the
others they show the variants that stand here.
"""

import math
from collections.abc import Callable
from pathlib import Path

from site_files import write_script
from spaces_data import space_records
from sphinx.application import Sphinx
from words import speaker

from mmchan.channels import Family, Parameter, Variant, count, families, get_plan
from mmchan.channels.catalogue import inner_families

Text = Callable[..., str]


def parameter_record(parameter: Parameter, text: Text) -> dict[str, object]:
    """What the scripts know of a parameter: what it means, what it may be, the range of its slider."""
    bounds = parameter.bounds
    return {
        'argument': parameter.name,
        'meaning': text(parameter.meaning),
        'kind': parameter.kind,
        'initial': None if parameter.is_required else parameter.default,
        'required': parameter.is_required,
        'rule': parameter.rule,
        'low': bounds.low if math.isfinite(bounds.low) else None,
        'high': bounds.high if math.isfinite(bounds.high) else None,
        'openLow': bounds.open_low,
        'openHigh': bounds.open_high,
        'usualLow': parameter.low,
        'usualHigh': parameter.high,
        'step': parameter.step,
        'logarithmic': parameter.logarithmic,
        'choices': parameter.choices,
        'optional': parameter.optional or parameter.default is None,
        'fixed': parameter.fixed,
        'perStage': parameter.per_stage,
    }


def family_record(family: Family, text: Text) -> dict[str, object]:
    """What the scripts know of a family; it opens with the variant of the defaults, else the first one."""
    names = [variant.name for variant in family.variants]
    defaults = (variant.name for variant in family.variants if has_defaults(family, variant))
    return {
        'title': family.title,
        'type': f'mmchan.{registered_name(family)}',
        'series': family.series[0].name,
        'start': next(defaults, names[0] if names else None),
        'parameters': [parameter_record(one, text) for one in family.parameters],
    }


def has_defaults(family: Family, variant: Variant) -> bool:
    """Whether a variant's arguments are the defaults of the family's parameters."""
    return all(family.parameter[name].default == value for name, value in variant.arguments.items())


def registered_name(family: Family) -> str:
    """The name that configs give the backbone: that of its own class, where MMEngine finds it by itself."""
    from mmchan.registry import MODELS

    backbone = family.load('backbone')
    own = (name for name, kind in MODELS.module_dict.items() if kind is backbone)
    return next(own, 'Backbone') if family.name in inner_families() else 'Backbone'


def variant_record(variant: Variant) -> dict[str, object]:
    """What the scripts know of a variant: arguments, widths and cost."""
    plan = get_plan(variant.name)
    cost = count(plan)
    return {
        'name': variant.name,
        'family': variant.family,
        'series': variant.series,
        'arguments': dict(variant.arguments),
        'widths': plan.widths,
        'stages': plan.stage_widths,
        'parameters': cost.parameters,
        'macs': cost.macs,
        'activations': cost.activations,
    }


def ordered_families() -> list[Family]:
    """All families, those with most variants first."""
    return sorted(families().values(), key=lambda family: -len(family.variants))


def write_records(scripts: Path, text: Text = str) -> None:
    """Write all families, their variants and the named spaces as scripts into a folder."""
    ordered = ordered_families()
    records = {family.name: family_record(family, text) for family in ordered}
    variants = [variant_record(variant) for family in ordered for variant in family.variants]
    write_script(scripts / 'explorer-data.js', 'families', records)
    write_script(scripts / 'variants.js', 'variants', variants)
    write_script(scripts / 'spaces.js', 'designSpaces', space_records(text))


def write_data(app: Sphinx) -> None:
    """Write them in the site's language."""
    write_records(Path(app.outdir) / '_static/js', speaker(app.config.language))


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.connect('builder-inited', write_data)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
