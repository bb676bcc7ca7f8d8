"""A page per family from its record, and one per detector from the README of its configs."""

import importlib
import re
from collections.abc import Iterator, Mapping, Sequence

from explorer_data import ordered_families
from site_files import ROOT

from mmchan.channels import Family, Parameter, Variant, count, get_plan

CONFIGS = ROOT / 'configs'
RESULTS = re.compile(r'^## Results.*$', re.MULTILINE)
README = '```{{include}} ../../configs/{folder}/README.md\n{options}```\n'
INDEX = """# Families

Each family is a rule that turns a few numbers into widths. [Bring your own](../tutorials/own_family.md).

```{{toctree}}
:maxdepth: 1

{families}
```

The detectors that use them:

```{{toctree}}
:maxdepth: 1

{detectors}
```
"""


def pages() -> Mapping[str, str]:
    """All pages by name, the index among them."""
    families = {family.name: page(family) for family in ordered_families()}
    detectors = {name: README.format(folder=name, options='') for name in readmes() if name not in families}
    index = INDEX.format(families='\n'.join(families), detectors='\n'.join(detectors))
    return {'index': index, **families, **detectors}


def readmes() -> list[str]:
    """The folders of configs that have a README."""
    return sorted(path.parent.name for path in CONFIGS.glob('*/README.md'))


def page(family: Family) -> str:
    """The page of a family: what its README says, with widths, parameters and variants before the results."""
    own = '\n'.join([*drawing(family), parameter_table(family.parameters), *variant_table(family.variants)])
    readme = CONFIGS / family.name / 'README.md'
    if not readme.exists():
        return '\n'.join([opening(family), own])
    results = RESULTS.search(readme.read_text(encoding='utf-8'))
    if results is None:
        return f'{included(family)}\n{own}'
    heading = results.group()
    before, after = (included(family, f':{option}: "{heading}"') for option in ('end-before', 'start-after'))
    return '\n'.join([before, own, heading, '', after])


def included(family: Family, option: str = '') -> str:
    """A part of the README of a family's configs."""
    return README.format(folder=family.name, options=option and f'{option}\n')


def opening(family: Family) -> str:
    """Title and origin of a family without a README, and what its module says of it."""
    address = address_of(family.paper)
    paper = f'[{family.paper}]({address})' if address else family.paper
    return f'# {family.title}\n\n{paper}\n\n{described(family)}\n'


def address_of(paper: str) -> str | None:
    """Where a paper is; None for one that is not on arXiv."""
    archive, _, number = paper.partition(':')
    return f'https://arxiv.org/abs/{number}' if archive == 'arXiv' else None


def described(family: Family) -> str:
    """The first line of the docstring of a family's folder, or of its plan function's module."""
    module = importlib.import_module(family.plan.__module__)
    folder = importlib.import_module(module.__package__ or module.__name__)
    return ((folder if hasattr(folder, 'FAMILY') else module).__doc__ or '').partition('\n')[0]


def drawing(family: Family) -> Iterator[str]:
    """A drawing of a few variants of every series."""
    names = [name for series in family.series for name in chosen(family, series.name)]
    if names:
        yield f'## Widths\n\nChannels of every block:\n\n```{{widths}} {" ".join(names)}\n```\n'


def chosen(family: Family, series: str) -> list[str]:
    """The smallest and the middle one of a series, and the largest one where there is one series only."""
    names = [variant.name for variant in family.variants if variant.series == series]
    names.sort(key=lambda name: count(get_plan(name)).macs)
    last = len(names) - 1
    places = (0, last // 2, last) if len(family.series) == 1 else (0, last // 2)
    return list(dict.fromkeys(names[place] for place in places)) if names else []


def parameter_table(parameters: Sequence[Parameter]) -> str:
    """What may be given to a family, as a table."""
    rows = [
        (f'`{one.name}`', one.meaning, default(one), allowed(one), '' if one.fixed else usual(one))
        for one in parameters
    ]
    headings = ('argument', 'meaning', 'default', 'allowed', 'usual')
    return f'## Parameters\n\n{markdown(headings, rows)}\n'


def default(parameter: Parameter) -> str:
    """A parameter's default, in words for people."""
    if parameter.is_required:
        return 'required'
    value = parameter.default
    return f'`{value:.3g}`' if isinstance(value, float) else f'`{value!r}`'


def allowed(parameter: Parameter) -> str:
    """What a parameter may be."""
    return ' or '.join(f'`{choice!r}`' for choice in parameter.choices) or parameter.rule


def usual(parameter: Parameter) -> str:
    """The range of a parameter's slider."""
    return '' if parameter.kind == 'choice' else f'{parameter.low:g} to {parameter.high:g}'


def variant_table(variants: Sequence[Variant]) -> Iterator[str]:
    """The variants with widths and cost, as a table that leads to their pages."""
    rows = [(f'[{one.name}](../models/{one.name}.md)', *cost(one), one.source) for one in variants]
    if rows:
        headings = ('variant', 'stage widths', 'params (M)', 'MACs (G)', 'source')
        yield f'## Variants\n\n{markdown(headings, rows)}\n'


def cost(variant: Variant) -> tuple[str, str, str]:
    """Stage widths, parameters in millions and MACs in billions."""
    plan = get_plan(variant.name)
    counted = count(plan)
    widths = '-'.join(map(str, plan.stage_widths))
    return widths, f'{counted.parameters / 1e6:.2f}', f'{counted.macs / 1e9:#.4g}'


def markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown whose cells may break their lines."""
    cells = [[cell.replace('|', r'\|') for cell in row] for row in (headings, ['---'] * len(headings), *rows)]
    lines = [f'| {" | ".join(row)} |' for row in cells]
    return '\n'.join(['```{table}', ':class: mm-words', '', *lines, '```'])
