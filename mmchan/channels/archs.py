"""THE table: a variant's name -> its family, the arguments and their source.

Widths stand nowhere else. A name is lower case with hyphens; :func:`find_variant` also takes other
cases, underscores (mmpretrain's ``regnetx_400mf``) and a family's default suffix.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cache

from mmchan.channels.families import FAMILIES
from mmchan.channels.plans import NetPlan
from mmchan.errors import InputError, require, require_known

PYCLS = 'arXiv:2003.13678, table 3-4; pycls model zoo'
TORCHVISION = 'torchvision, whose rounding gives other widths than pycls'
CLOVAAI = 'arXiv:2007.00992, table 5; clovaai/rexnet'
EFFICIENTNET = "arXiv:1905.11946, table 1; the authors' EfficientNet-lite"
TIMM = 'timm, widths in multiples of a divisor'


@dataclass(frozen=True)
class Variant:
    """A named network: family, arguments of the family's function, source of the arguments."""

    name: str
    family: str
    arguments: Mapping[str, object] = field(hash=False)
    source: str


# name -> depth, w0, wa, wm, group width
_REGNETX = {
    '200mf': (13, 24, 36.44, 2.49, 8),
    '400mf': (22, 24, 24.48, 2.54, 16),
    '600mf': (16, 48, 36.97, 2.24, 24),
    '800mf': (16, 56, 35.73, 2.28, 16),
    '1.6gf': (18, 80, 34.01, 2.25, 24),
    '3.2gf': (25, 88, 26.31, 2.25, 48),
    '4.0gf': (23, 96, 38.65, 2.43, 40),
    '6.4gf': (17, 184, 60.83, 2.07, 56),
    '8.0gf': (23, 80, 49.56, 2.88, 120),
    '12gf': (19, 168, 73.36, 2.37, 112),
    '16gf': (22, 216, 55.59, 2.1, 128),
    '32gf': (23, 320, 69.86, 2.0, 168),
}
_REGNETY = {
    '200mf': (13, 24, 36.44, 2.49, 8),
    '400mf': (16, 48, 27.89, 2.09, 8),
    '600mf': (15, 48, 32.54, 2.32, 16),
    '800mf': (14, 56, 38.84, 2.4, 16),
    '1.6gf': (27, 48, 20.71, 2.65, 24),
    '3.2gf': (21, 80, 42.63, 2.66, 24),
    '4.0gf': (22, 96, 31.41, 2.24, 64),
    '6.4gf': (25, 112, 33.22, 2.27, 72),
    '8.0gf': (17, 192, 76.82, 2.19, 56),
    '12gf': (19, 168, 73.36, 2.37, 112),
    '16gf': (18, 200, 106.23, 2.48, 112),
    '32gf': (20, 232, 115.89, 2.53, 232),
}
_TORCHVISION_ROUNDED = ('regnetx-400mf', 'regnety-800mf', 'regnety-8.0gf')
_REXNET = (0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 2.0, 2.2, 3.0)
_REXNETR = {1.0: 8, 1.3: 8, 1.5: 8, 2.0: 8, 3.0: 16}  # width multiplier -> divisor
_REXNET_LITE = (0.9, 1.0, 1.3, 1.5, 2.0)
# number -> width multiplier, depth multiplier, dropout in front of the classifier
_EFFICIENTNET_LITE = {
    0: (1.0, 1.0, 0.2),
    1: (1.0, 1.1, 0.2),
    2: (1.1, 1.2, 0.3),
    3: (1.2, 1.4, 0.3),
    4: (1.4, 1.8, 0.3),
}


def _regnet_arguments(
    depth: int, w0: int, wa: float, wm: float, group_width: int, se_ratio: float | None
) -> dict[str, object]:
    return {'depth': depth, 'w0': w0, 'wa': wa, 'wm': wm, 'group_width': group_width, 'se_ratio': se_ratio}


def _variants() -> dict[str, Variant]:
    table = []
    for prefix, rows, se_ratio in (('regnetx', _REGNETX, None), ('regnety', _REGNETY, 0.25)):
        for size, row in rows.items():
            arguments = _regnet_arguments(*row, se_ratio)
            table.append(Variant(f'{prefix}-{size}', 'regnet', arguments, PYCLS))
    for variant in [row for row in table if row.name in _TORCHVISION_ROUNDED]:
        arguments = {**variant.arguments, 'rounding': 'torchvision'}
        table.append(Variant(f'{variant.name}-tv', 'regnet', arguments, TORCHVISION))
    for mult in _REXNET:
        table.append(Variant(f'rexnet-{mult}x', 'rexnet', {'width_mult': mult}, CLOVAAI))
    for mult, divisor in _REXNETR.items():
        arguments = {'width_mult': mult, 'divisor': divisor}
        table.append(Variant(f'rexnetr-{mult}x', 'rexnet', arguments, TIMM))
    for mult in _REXNET_LITE:
        table.append(Variant(f'rexnet-lite-{mult}x', 'rexnet_lite', {'width_mult': mult}, CLOVAAI))
    for number, (width, depth, dropout) in _EFFICIENTNET_LITE.items():
        arguments = {'width_mult': width, 'depth_mult': depth, 'dropout_rate': dropout}
        table.append(Variant(f'efficientnet-lite{number}', 'efficientnet_lite', arguments, EFFICIENTNET))
    return {variant.name: variant for variant in table}


VARIANTS: Mapping[str, Variant] = _variants()


def list_variants(pattern: str = '*', *, family: str | None = None) -> list[str]:
    """Names of the variants that match a shell pattern; a pattern without wildcards matches anywhere.

    >>> list_variants('rexnetr-1*')
    ['rexnetr-1.0x', 'rexnetr-1.3x', 'rexnetr-1.5x']
    """
    pattern = _canonical(pattern)
    if not set(pattern) & set('*?['):
        pattern = f'*{pattern}*'
    return [
        name
        for name, variant in VARIANTS.items()
        if fnmatch(name, pattern) and family in (None, variant.family)
    ]


def find_variant(name: str) -> Variant:
    """The variant of a name, in any case, with hyphens or underscores.

    Raises:
        InputError: For an unknown name, with the nearest known one.
    """
    canonical = _canonical(name)
    if canonical not in VARIANTS:
        require_known(canonical, VARIANTS, 'variant')
    return VARIANTS[canonical]


def get_plan(arch: 'str | Mapping[str, object] | NetPlan', *, family: str | None = None) -> NetPlan:
    """The plan of a variant's name or of a mapping of a family's arguments.

    Args:
        arch: A name; a mapping of arguments with ``family=...`` or, for what differs from a variant,
            with ``variant=...``; or a plan, which is returned.
        family: The family where the mapping names none.

    Raises:
        InputError: For an unknown name, family or argument, or a value outside its range.

    >>> get_plan('regnetx-400mf').stage_widths
    (32, 64, 160, 384)
    >>> get_plan({'variant': 'regnetx-400mf', 'stem_stride': 1}).out_strides
    (2, 4, 8, 16)
    """
    if isinstance(arch, NetPlan):
        return arch
    if isinstance(arch, str):
        variant = find_variant(arch)
        return _build(variant.family, tuple(variant.arguments.items()))
    arguments = arch_arguments(arch)
    family = arguments.pop('family', family)
    if family is None:
        raise InputError(f'arch must name its family, one of {", ".join(FAMILIES)}; got {dict(arch)!r}')
    require_known(family, FAMILIES, 'family')
    return plan_from_arguments(family, arguments)


def arch_arguments(arch: 'str | Mapping[str, object]') -> dict[str, object]:
    """A variant's name, or a mapping of what differs from one, as arguments with ``family``.

    A mapping without ``variant`` is returned as it is.

    Raises:
        InputError: For an unknown name, or something else than a name or a mapping.

    >>> arch_arguments({'variant': 'rexnet-1.3x', 'stem_stride': 1})
    {'family': 'rexnet', 'width_mult': 1.3, 'stem_stride': 1}
    """
    if isinstance(arch, str):
        variant = find_variant(arch)
        return {'family': variant.family, **variant.arguments}
    require(isinstance(arch, Mapping), 'arch', "a variant's name or a mapping of arguments", arch)
    arguments = dict(arch)
    variant = arguments.pop('variant', None)
    return arguments if variant is None else {**arch_arguments(variant), **arguments}


def plan_from_arguments(family: str, arguments: Mapping[str, object]) -> NetPlan:
    """Call a family's function after checking the arguments' names."""
    function = FAMILIES[family]
    known = function.__kwdefaults__ or {}
    names = list(function.__annotations__)
    names.remove('return')
    for name in arguments:
        require_known(name, names, f'argument of {family}')
    missing = [name for name in names if name not in arguments and name not in known]
    require(not missing, f'arguments of {family}', f'given with {", ".join(missing)}', dict(arguments))
    return function(**arguments)


@cache
def _build(family: str, arguments: tuple[tuple[str, object], ...]) -> NetPlan:
    return FAMILIES[family](**dict(arguments))


def out_channels(
    arch: 'str | Mapping[str, object] | NetPlan', out_indices: tuple[int, ...] | None = None
) -> int | list[int]:
    """Channels that a backbone gives to its head or neck, for use inside config files.

    Args:
        arch: As for :func:`get_plan`.
        out_indices: Indices of the maps, as given to the backbone. None: the map that goes to a
            classification head.

    Returns:
        One number without ``out_indices``, a list with them.

    >>> out_channels('rexnet-1.0x'), out_channels('rexnet-1.0x', (1, 2, 3, 4))
    (1280, [38, 61, 128, 185])
    """
    plan = get_plan(arch)
    if out_indices is None:
        return plan.out_widths[-1]
    return [plan.out_widths[index] for index in plan.check_out_indices(out_indices)]


def _canonical(name: str) -> str:
    return name.strip().lower().replace('_', '-')
