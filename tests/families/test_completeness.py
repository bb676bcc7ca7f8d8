"""Every family is complete, and a half-added one is told what it lacks."""

from dataclasses import replace

import pytest

from mmchan.channels import Family, Parameter, Series, Variant, families, find_family
from mmchan.channels.catalogue import inner_families
from mmchan.channels.family import GREY
from mmchan.channels.naming import GENERAL
from mmchan.channels.parameters import POSITIVE
from tests.families.completeness import lacks

WHOLE = find_family('mobilenet_v2')
FIRST = WHOLE.variants[0]


@pytest.mark.parametrize('name', inner_families())
def test_family_is_complete(name):
    assert lacks(find_family(name)) == []


def test_our_families_are_listed_first():
    assert list(families())[: len(inner_families())] == list(inner_families())


def half_added(plan=WHOLE.plan, **changes) -> Family:
    """A family as somebody begins it: a plan function, its parameters, a variant."""
    given = {
        'name': 'mobilenet_v2',
        'title': 'Half',
        'paper': 'none',
        'plan': plan,
        'parameters': WHOLE.parameters,
        'variants': (Variant(name='half-1.0x', arguments={}, source='here'),),
    }
    return Family(**{**given, **changes})


def test_half_added_family_is_told_all_that_it_lacks(tmp_path):
    assert lacks(half_added(), tmp_path) == [
        'no population: the function from arrays of parameters to the layers of all networks',
        'no config trains it on the digits: add configs/mobilenet_v2/VARIANT_1xb64_digits.py',
        'no golden list has the parameters of Half: add them to tests/golden',
        'no README with its results: add configs/mobilenet_v2/README.md with a table of the zoo',
        'Half is grey as what is quoted for comparison: give the series its colours',
    ]


def parameters_with(name: str, **changes) -> tuple[Parameter, ...]:
    """The parameters of a whole family with one that is changed."""
    return tuple(replace(one, **changes) if one.name == name else one for one in WHOLE.parameters)


def positional(width_mult: float = 1.0, *, total_growth=None, divisor: int = 8, stem_stride: int = 2):
    """A plan function whose first argument is not keyword-only."""
    return WHOLE.plan(
        width_mult=width_mult, total_growth=total_growth, divisor=divisor, stem_stride=stem_stride
    )


EXTRA = Parameter(name='extra', kind='number', meaning='none', default=1.0, bounds=POSITIVE, low=1, high=2)
DOUBLED = (FIRST, Variant(name='mobilenet_v2-0.9x', arguments={'width_mult': 0}, source='here'))
SAME = __name__ + ':TWICE_THE_SAME'
SHORT = __name__ + ':TOO_SHORT'
FOREIGN = __name__ + ':OF_ANOTHER'
TWICE_THE_SAME = {'copied': GENERAL}
TOO_SHORT = {'short': replace(GENERAL, stem=('stem.conv',), head=('stem.conv',))}
OF_ANOTHER = tuple(find_family('efficientnet').published_weights.values())[:1]


@pytest.mark.parametrize(
    ('changes', 'said'),
    [
        ({'parameters': (*WHOLE.parameters, EXTRA)}, 'its plan function takes no extra'),
        ({'parameters': WHOLE.parameters[1:]}, 'width_mult of its plan function is no Parameter; add one'),
        ({'parameters': parameters_with('divisor', default=4)}, 'the default of divisor is 4, that of the'),
        ({'parameters': parameters_with('width_mult', default=1)}, 'the default of width_mult is 1, that'),
        ({'plan': positional}, 'width_mult of its plan function is not keyword-only'),
        ({'variants': DOUBLED}, 'variant mobilenet_v2-0.9x does not build: width_mult must be > 0, got 0'),
        ({'series': (*WHOLE.series, Series('empty', 'Empty'))}, 'its series empty has no variant'),
        ({'series': tuple(replace(one, colours=GREY) for one in WHOLE.series)}, 'MobileNetV2 is grey'),
        ({'published': FOREIGN}, "published weights are of 'efficientnet-b0', which is no variant of it"),
        ({'layouts': SAME}, 'layouts mmchan and copied are the same'),
        ({'layouts': SHORT}, 'layout short names 104 of 105 modules'),
        ({'layouts': SHORT}, 'layout short names a module twice'),
        ({'population': 'mmchan.nowhere:population'}, 'population of the family mobilenet_v2 is'),
        ({'population': __name__ + ':EXTRA'}, 'no population'),
    ],
)
def test_what_is_missing_or_wrong_is_said(changes, said):
    assert any(fault.startswith(said) for fault in lacks(replace(WHOLE, **changes)))
