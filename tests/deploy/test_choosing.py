"""Of the ways to 8 bits the fastest that is good enough is taken, or none."""

import pytest

from mmchan.channels import InputError
from mmchan.deploy.quantising import Judge, Trial, choose
from mmchan.measure.timing import Timing

ACCURACY = Judge('top-1 accuracy', lambda _: 0.0, is_accuracy=True)
AGREEMENT = Judge('agreement', lambda _: 0.0, is_accuracy=False)


def trial(name, points, seconds):
    return Trial(name, points, Timing((seconds,)), None)


FP32 = trial('fp32', 75.0, 5.0)
SLOW, FAST, WRONG = trial('slow', 74.8, 3.0), trial('fast', 74.1, 2.0), trial('wrong', 60.0, 1.0)


@pytest.mark.parametrize(('max_drop', 'name'), [(0.5, 'slow'), (1.0, 'fast'), (20.0, 'wrong')])
def test_the_fastest_within_the_drop_is_chosen(max_drop, name):
    assert choose([WRONG, SLOW, FAST], FP32, ACCURACY, max_drop).name == name


def test_a_drop_of_all_is_refused_and_the_best_named():
    with pytest.raises(InputError, match=r'falls from 75.00 to 74.80 by the best of 3 recipes \(slow\)'):
        choose([WRONG, SLOW, FAST], FP32, ACCURACY, 0.1)


def test_agreement_refuses_nothing_and_is_compared_with_the_best():
    assert choose([WRONG, SLOW, FAST], trial('fp32', 100.0, 5.0), AGREEMENT, 1.0).name == 'fast'
