"""Limits with their units."""

import pytest

from mmchan.errors import InputError
from mmchan.zoo.limits import count, milliseconds


@pytest.mark.parametrize(
    ('text', 'ms'), [('10ms', 10), ('0.01s', 10), ('.5 ms', 0.5), ('250us', 0.25), ('1S', 1000)]
)
def test_times_are_read_in_their_unit(text, ms):
    assert milliseconds(text, '--max-latency') == ms


@pytest.mark.parametrize(
    ('text', 'number'), [('6M', 6e6), ('400m', 4e8), ('1.2G', 1.2e9), ('300K', 3e5), ('5000', 5000)]
)
def test_counts_are_read_in_their_unit(text, number):
    assert count(text, '--max-params') == number


@pytest.mark.parametrize('text', ['10', 'ms', '10 m', '-1ms', '0ms', '1e3ms', '10ms/image', ''])
def test_no_time_is_refused(text):
    with pytest.raises(InputError, match='--max-latency must be a time above 0 with its unit, such as 10ms'):
        milliseconds(text, '--max-latency')


@pytest.mark.parametrize('text', ['6MB', 'M', '-6M', '0', '6,5M', ''])
def test_no_count_is_refused(text):
    with pytest.raises(InputError, match='--max-params must be a number above 0, such as 6M'):
        count(text, '--max-params')
