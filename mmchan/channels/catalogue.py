"""Families and variants by name; from a name or a mapping to a plan.

Our families are the packages below :mod:`mmchan.families`. Those of other distributions have an entry point
in the group ``mmchan.families`` and are looked for only when a name is none of ours, or all are listed.
"""

import importlib
import os
import re
import sys
from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from types import MappingProxyType

from mmchan.channels.family import Family, Preprocessing, Variant
from mmchan.channels.plans import NetPlan
from mmchan.errors import InputError, require, require_known

PACKAGE = GROUP = 'mmchan.families'
_METADATA = ('dist-info', 'egg-info')  # ends of the names of folders about distributions

Arch = str | Mapping[str, object] | NetPlan


def canonical(name: str) -> str:
    """A name as it is compared: lower case, hyphens for underscores, multipliers with a decimal.

    >>> canonical('ReXNet_1x')
    'rexnet-1.0x'
    """
    plain = name.strip().lower().replace('_', '-')
    return re.sub(r'-(\d+)x\b', r'-\1.0x', plain)


@cache
def inner_families() -> Mapping[str, Family]:
    """The families of this package, by name."""
    folders = map(Path, importlib.import_module(PACKAGE).__path__)
    names = sorted(path.name for folder in folders for path in folder.iterdir() if path.name[0].isalpha())
    modules = (importlib.import_module(f'{PACKAGE}.{name}') for name in names if '.' not in name)
    found = (module.FAMILY for module in modules)
    return MappingProxyType({family.name: family for family in found})


@cache
def families() -> Mapping[str, Family]:
    """All families by name: ours, then those of other distributions.

    Raises:
        InputError: For a family from outside that cannot be used, with the distribution that brings it.
    """
    found = dict(inner_families())
    if not any(map(_may_bring_families, sys.path)):
        return MappingProxyType(found)
    from importlib.metadata import entry_points  # takes longer to import than many commands run

    for entry in entry_points(group=GROUP):
        origin = f'the family {entry.value!r} of {entry.dist.name}'
        try:
            family = entry.load()
        except (ImportError, AttributeError, InputError) as error:
            raise InputError(f'{origin} cannot be loaded: {error}; mend or uninstall it') from error
        if not isinstance(family, Family):
            kind = type(family).__name__
            raise InputError(f'{origin} must be a mmchan.channels.Family, got {kind}; mend or uninstall it')
        _require_new(family, found.values(), origin)
        found[family.name] = family
    return MappingProxyType(found)


def _may_bring_families(path: str) -> bool:
    """Whether an entry of ``sys.path`` holds a distribution that names our group; archives may."""
    if not Path(path).is_dir():
        return Path(path).exists()
    with os.scandir(path or '.') as inside:
        found = (entry.path for entry in inside if entry.name.lower().endswith(_METADATA))
        return any(_mentions_families(Path(folder, 'entry_points.txt')) for folder in found)


def _mentions_families(path: Path) -> bool:
    try:
        return GROUP.encode() in path.read_bytes()
    except OSError:  # most have none
        return False


def _require_new(family: Family, others: Iterable[Family], origin: str) -> None:
    taken = {canonical(name) for other in others for name in _names(other)}
    twice = [name for name in _names(family) if canonical(name) in taken]
    if twice:
        raise InputError(f'{origin} brings the name {twice[0]!r}, which is taken; rename it')


def _names(family: Family) -> list[str]:
    return [family.name, *(variant.name for variant in family.variants)]


def find_family(name: str) -> Family:
    """The family of a name.

    Raises:
        InputError: For an unknown name, with the nearest known one.
    """
    if name in inner_families():
        return inner_families()[name]
    require_known(name, families(), 'family')
    return families()[name]


@cache
def _variants(*, inner: bool) -> Mapping[str, Variant]:
    """Variants by canonical name."""
    known = inner_families() if inner else families()
    return {canonical(one.name): one for family in known.values() for one in family.variants}


def list_variants(pattern: str = '*', *, family: str | None = None) -> list[str]:
    """Names of the variants that match a shell pattern; a pattern without wildcards matches anywhere.

    >>> list_variants('rexnetr-1*')
    ['rexnetr-1.0x', 'rexnetr-1.3x', 'rexnetr-1.5x']
    """
    pattern = canonical(pattern)
    if not set(pattern) & set('*?['):
        pattern = f'*{pattern}*'
    return [
        variant.name
        for name, variant in _variants(inner=False).items()
        if fnmatch(name, pattern) and family in (None, variant.family)
    ]


def find_variant(name: str) -> Variant:
    """The variant of a name, in any case, with hyphens or underscores.

    Raises:
        InputError: For an unknown name, with the nearest known one.
    """
    wanted = canonical(name)
    if wanted in _variants(inner=True):
        return _variants(inner=True)[wanted]
    known = _variants(inner=False)
    if wanted not in known:
        require_known(name.strip().lower(), [one.name for one in known.values()], 'variant')
    return known[wanted]


def get_plan(arch: Arch, *, family: str | None = None) -> NetPlan:
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
        return _plan_of(find_variant(arch).name)
    arguments = arch_arguments(arch)
    family = arguments.pop('family', family)
    if family is None:
        raise InputError(f'arch must name its family, one of {", ".join(families())}; got {dict(arch)!r}')
    return find_family(family).build_plan(arguments)


@cache
def _plan_of(name: str) -> NetPlan:
    variant = find_variant(name)
    return find_family(variant.family).build_plan(variant.arguments)


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


def out_channels(arch: Arch, out_indices: tuple[int, ...] | None = None) -> int | list[int]:
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


def preprocessing_of(name: str) -> Preprocessing:
    """How images are prepared for a variant: as for its published weights, else as its family's.

    Raises:
        InputError: For an unknown variant.
    """
    variant = find_variant(name)
    family = find_family(variant.family)
    published = family.published_weights.get(variant.name)
    return published.preprocessing if published else family.preprocessing
