"""A page per model, as cards of models are, and their index: text that the directive ``model`` fills.

Headings and labels are the same on all pages, so that each is translated once.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from explorer_data import ordered_families
from model_snippets import snippets
from site_files import ROOT

from mmchan.channels import Cost, Family, Variant, count, get_plan, preprocessing_of
from mmchan.weights.catalogue import published
from mmchan.zoo import TASKS, Row, rows
from mmchan.zoo.records import Latency

IMAGENET = 'ImageNet-1k'
PAGE = """# {name}

```{{model}} facts {name}
```

## Widths

Channels of every block:

```{{widths}} {name}
```

## Layers

```{{model}} stages {name}
```

```{{model}} layers {name}
```
{results}
## Images

What the weights expect; without any, what the family's training uses.

```{{model}} images {name}
```
{weights}
## Use it

{tabs}
{latencies}{config}"""
RESULTS = """
## Results

Every source side by side. *paper*: as reported by those who trained the network. *converted*: published
weights, evaluated by the source that is named. *trained here* and *smoke*: by this repository.

```{{model}} results {name}
```
"""
WEIGHTS = """
## Weights

The licence is that of the publisher; terms of the images of the training may apply as well.

```{{model}} weights {name}
```
"""
LATENCIES = """
## Latency

Of a whole batch. Those of papers are quoted, the others measured by [`mmchan bench`](../howto/bench.md).

```{{model}} latencies {name}
```
"""
CONFIG = """
## Config

```{{literalinclude}} ../../{path}
:language: python
:caption: {path}
```
"""
INDEX = """# Models

Every named network on a page of its own: drawing, layers, results of every source, weights with their
licence, configs to copy. Cost is counted for one image of the size shown; top-1 is the best that a source
reports on ImageNet-1k. The [zoo](../zoo.md) sorts, filters and plots them.

{tables}
"""
FAMILY = """## {title}

[What the family is](../families/{family}.md)

```{{model}} index {family}
```

```{{toctree}}
:hidden:

{names}
```
"""


def pages() -> Mapping[str, str]:
    """The pages of all variants by name, and the index."""
    families = [family for family in ordered_families() if family.variants]
    variants = {one.name: page(one) for family in families for one in family.variants}
    return {'index': INDEX.format(tables='\n'.join(map(index_of, families))), **variants}


def index_of(family: Family) -> str:
    """The part of the index that has a family."""
    names = '\n'.join(one.name for one in family.variants)
    return FAMILY.format(title=family.title, family=family.name, names=names)


def page(variant: Variant) -> str:
    """The page of a variant; sections of which nothing is known are left out."""
    name, found = variant.name, rows_of(variant.name)
    config = next((row.config for row in found if row.config), None)
    weights = any(row.weights for row in found) or name in published()
    return PAGE.format(
        name=name,
        results=RESULTS.format(name=name) if found else '',
        weights=WEIGHTS.format(name=name) if weights else '',
        tabs=tabs(snippets(name)),
        latencies=LATENCIES.format(name=name) if latencies_of(found) else '',
        config=CONFIG.format(path=config) if config else '',
    )


def tabs(found: Mapping[str, tuple[str, str]]) -> str:
    """Snippets as tabs."""
    one = ':::{{tab-item}} {title}\n:sync: {title}\n\n```{language}\n{code}```\n:::\n'
    items = [one.format(title=title, language=kind, code=code) for title, (kind, code) in found.items()]
    return f'::::{{tab-set}}\n:sync-group: use\n\n{"".join(items)}::::\n'


@cache
def _rows_by_variant() -> Mapping[str, tuple[Row, ...]]:
    found: dict[str, list[Row]] = {}
    for task in TASKS:
        for row in sorted(rows(task, ROOT), key=lambda row: row.dataset != IMAGENET):
            found.setdefault(row.variant, []).append(row)
    return {name: tuple(rows) for name, rows in found.items()}


def rows_of(name: str) -> tuple[Row, ...]:
    """The rows of the zoo that have a variant, task by task, ImageNet first; baselines are among them."""
    return _rows_by_variant().get(name, ())


def latencies_of(found: Sequence[Row]) -> list[Latency]:
    """The latencies of rows for ImageNet's images."""
    return [latency for row in found if row.dataset == IMAGENET for latency in row.latencies]


def best(found: Sequence[Row]) -> Row | None:
    """The row with the best top-1 on ImageNet; None where nobody reports one."""
    reported = [row for row in found if row.dataset == IMAGENET and 'top1' in row.metrics]
    return max(reported, key=lambda row: row.metrics['top1'], default=None)


def cost_of(name: str) -> tuple[int, Cost]:
    """The side of a variant's images and its cost for one of them."""
    size = preprocessing_of(name).size
    return size, count(get_plan(name), size)
