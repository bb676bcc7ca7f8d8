"""What a family of this repository must have, and what a half-added one lacks, in words."""

import inspect
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np

from mmchan.channels import Family, InputError, NetPlan, get_plan
from mmchan.channels.family import GREY
from mmchan.channels.naming import GENERAL, OWN
from mmchan.layouts.renaming import module_shapes
from mmchan.runs.config import load_config
from tests.golden import PARAMETERS

ROOT = Path(__file__).parents[2]
DRAWS = 20


def lacks(family: Family, root: Path = ROOT) -> list[str]:
    """What a family lacks; nothing for a complete one.

    A family without variants, such as AnyNet, is a space and not a list of networks: nobody trained,
    published or coloured one of its networks by name, so that it needs no config, golden list, README or
    colour. Everything else holds for it too.

    Args:
        family: One of ours.
        root: The repository.
    """
    misfits = [*of_parameters(family)]
    if misfits:  # nothing can be built
        return misfits
    of_plans = [*of_variants(family), *of_draws(family)]
    of_parts = [*of_layouts(family), *of_published(family), *of_population(family)]
    of_zoo = [*of_configs(family, root), *of_golden(family), *of_readme(family, root), *of_colours(family)]
    return [*of_plans, *of_parts, *(of_zoo if family.variants else ())]


def of_parameters(family: Family) -> Iterator[str]:
    """Records of parameters and the plan function's keywords must say the same."""
    keywords = dict(inspect.signature(family.plan).parameters)
    if 'family' in keywords:  # what a family that is built on this one says to it
        default = keywords.pop('family').default
        if default != family.name:
            yield f'its plan function carries the name {default!r} by default; make it {family.name!r}'
    for name in family.parameter.keys() - keywords.keys():
        yield f'its plan function takes no {name}; add the keyword, or remove the Parameter'
    for name, keyword in keywords.items():
        if keyword.kind is not keyword.KEYWORD_ONLY:
            yield f'{name} of its plan function is not keyword-only; put a * in front'
        if name not in family.parameter:
            yield f'{name} of its plan function is no Parameter; add one'
            continue
        parameter = family.parameter[name]
        default = keyword.empty if parameter.is_required else parameter.default
        if default != keyword.default or type(default) is not type(keyword.default):
            yield f'the default of {name} is {default!r}, that of the plan function {keyword.default!r}'


def of_variants(family: Family) -> Iterator[str]:
    """Every variant must build a network of the family's name."""
    for variant in family.variants:
        yield from _unbuilt(family, variant.arguments, f'variant {variant.name}')
    empty = {series.name for series in family.series} - {variant.series for variant in family.variants}
    for series in sorted(empty) if family.variants else ():
        yield f'its series {series} has no variant; add one, or remove the series'


def of_draws(family: Family) -> Iterator[str]:
    """Random arguments must build networks."""
    rng = np.random.default_rng(0)
    try:
        draws = [family.draw(rng) for _ in range(DRAWS)]
    except InputError as error:
        yield str(error)
        return
    for arguments in draws:
        yield from _unbuilt(family, arguments, f'the draw {arguments}')


def _unbuilt(family: Family, arguments: dict, what: str) -> Iterator[str]:
    try:
        family.build_plan(arguments)
    except InputError as error:
        yield f'{what} does not build: {error}'


def of_layouts(family: Family) -> Iterator[str]:
    """Every layout must name every module with weights once, and no two must be the same."""
    layouts = {OWN: GENERAL, **family.own_layouts}
    for plan in _plans(family):
        names = {name: list(layout.names(plan)) for name, layout in layouts.items()}
        modules = len(module_shapes(plan))
        for layout, given in names.items():
            if len(given) != modules:
                yield f'layout {layout} names {len(given)} of {modules} modules'
            if len(set(given)) != len(given):
                yield f'layout {layout} names a module twice'
        for one, other in combinations(names, 2):
            if names[one] == names[other]:
                yield f'layouts {one} and {other} are the same; remove one'


def _plans(family: Family) -> Iterator[NetPlan]:
    """The plans of its variants that build; of a space, random ones."""
    rng = np.random.default_rng(1)
    arguments = [variant.arguments for variant in family.variants] or [family.draw(rng) for _ in range(3)]
    for given in arguments:
        try:
            yield family.build_plan(given)
        except InputError:  # of_variants says so
            continue


def of_published(family: Family) -> Iterator[str]:
    """Published weights must be of variants that there are."""
    known = {variant.name for variant in family.variants}
    for name in family.published_weights.keys() - known:
        yield f'published weights are of {name!r}, which is no variant of it'


def of_population(family: Family) -> Iterator[str]:
    """Whole arrays of its networks must be countable."""
    try:
        found = family.load('population')
    except InputError as error:
        yield str(error)
        return
    if not callable(found):
        yield 'no population: the function from arrays of parameters to the layers of all networks'


def of_configs(family: Family, root: Path) -> Iterator[str]:
    """A config must train one of its networks on the embedded digits."""
    configs = sorted(root.glob(f'configs/{family.name}/*_digits.py'))
    archs = [load_config(path).model.backbone.arch for path in configs]
    if not archs:
        yield f'no config trains it on the digits: add configs/{family.name}/VARIANT_1xb64_digits.py'
    for arch in archs:
        if get_plan(arch).family != family.name:
            yield f'a config of configs/{family.name} trains {arch}, a network of another family'


def of_golden(family: Family) -> Iterator[str]:
    """Published numbers must pin at least one network of every series."""
    pinned = {variant.series for variant in family.variants if variant.name in PARAMETERS}
    for series in family.series:
        if series.name not in pinned:
            yield f'no golden list has the parameters of {series.title}: add them to tests/golden'


def of_readme(family: Family, root: Path) -> Iterator[str]:
    """A README must show its results, from the metafile."""
    readme = root / 'configs' / family.name / 'README.md'
    text = readme.read_text() if readme.is_file() else ''
    if f'<!-- zoo: task=classification folder={family.name}' not in text:
        yield f'no README with its results: add {readme.relative_to(root)} with a table of the zoo'


def of_colours(family: Family) -> Iterator[str]:
    """Drawings must tell its series from what is quoted for comparison."""
    for series in family.series:
        if series.colours == GREY:
            yield f'{series.title} is grey as what is quoted for comparison: give the series its colours'
