"""What the explorer's scripts read of the named spaces: laws as tables, constraints, what is common.

The tables are worked out here, in decimal arithmetic, which scripts do not have: at the same uniform numbers
the page and :func:`mmchan.design.spaces.sample` make the same networks.
"""

import math
from collections.abc import Callable
from dataclasses import asdict, fields, replace

from mmchan.channels import Family, families, find_family
from mmchan.design import spaces
from mmchan.design.spaces.constraints import Constraint
from mmchan.design.spaces.laws import Law
from mmchan.design.spaces.rows import PiecewiseLinear, RisingPerStage, RowLaw
from mmchan.design.spaces.space import Space

Text = Callable[[str], str]
KEPT = {'divisor', 'rounding', 'se_ratio'}  # left at their defaults where networks are designed for a budget
RISING = {RisingPerStage: 'law', PiecewiseLinear: 'value'}  # row laws with draws of a law that never fall


def space_records(text: Text = str) -> dict[str, object]:
    """The spaces of the page, and the laws that they share; a law is told by its place.

    Args:
        text: Puts words for people into the page's language.
    """
    laws: dict[Law, dict[str, object]] = {}
    named = {name: space_record(spaces.get(name), laws, text=text) for name in spaces.names()}
    usual = {name: space_record(space, laws, text=text) for name, space in usual_spaces().items()}
    return {'laws': [*laws.values()], 'named': named, 'usual': usual}


def usual_spaces() -> dict[str, Space]:
    """Of each family that has variants but no named space: usual widths and depths, all else by default."""
    drawn = {spaces.get(name).family for name in spaces.names()}
    chosen = [family for family in families().values() if family.variants and family.name not in drawn]
    return {family.name: usual_space(family) for family in chosen}


def usual_space(family: Family) -> Space:
    """The usual values of the parameters that decide widths and depths."""
    space = spaces.usual(family.name)
    return replace(space, laws={name: law for name, law in space.laws.items() if name not in KEPT})


def space_record(space: Space, laws: dict[Law, dict[str, object]], *, text: Text) -> dict[str, object]:
    """What the scripts know of a space; its laws are added to those there already."""
    scheme, family = space.scheme, find_family(space.family)
    own = next((one for one in family.series if one.name == space.name), None)
    return {
        'family': space.family,
        'series': (own or family.series[0]).name,
        'title': own.title if own else space.name.removeprefix('usual '),
        'source': text(space.source),
        'resolution': space.resolution,
        'numClasses': space.num_classes,
        'common': dict(space.common),
        'uniforms': scheme.uniforms,
        'stages': None if scheme.stages is None else place(scheme.stages, laws),
        'mostStages': scheme.most_stages,
        'rows': {name: row_record(law, laws) for name, law in scheme.rows.items()},
        'numbers': {name: place(law, laws) for name, law in scheme.numbers.items()},
        'checks': [check_record(check, text) for check in space.checks],
    }


def row_record(row: RowLaw, laws: dict[Law, dict[str, object]]) -> dict[str, object]:
    """A law of rows by the name of its class and its attributes."""
    values = {one.name: getattr(row, one.name) for one in fields(row)}
    record = {name: place(one, laws) if isinstance(one, Law) else one for name, one in values.items()}
    rising = values.get(RISING.get(type(row)))
    if rising is not None:
        laws[rising]['probabilities'] = rising.probabilities.tolist()
    return {'kind': type(row).__name__, **record}


def check_record(check: Constraint, text: Text) -> dict[str, object]:
    """A constraint by the name of its class and its attributes."""
    return {'kind': type(check).__name__, 'label': text(check.label), **asdict(check)}


def place(law: Law, laws: dict[Law, dict[str, object]]) -> int:
    """The place of a law among all, where it is added if it is new."""
    cumulative = law.table.cumulative.tolist()
    laws.setdefault(law, {'values': [*map(shortest, law.values.tolist())], 'cumulative': cumulative})
    return [*laws].index(law)


def shortest(value: float) -> float | None:
    """A whole number without its decimal point; None for NaN, which stands for it in arrays."""
    if math.isnan(value):
        return None
    return int(value) if value.is_integer() else value
