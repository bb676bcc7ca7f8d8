"""Findings are said in one line or above a list, and a run stops with all faults at once."""

import pytest

from mmchan.errors import InputError
from mmchan.findings import FAIL, OK, WARN, Finding, counted, stop_at, tolerated

FAULT = Finding(FAIL, 'data', 'is gone', 'fetch it')


def test_finding_is_one_line_and_a_longer_remedy_stands_below():
    assert str(Finding(OK, 'torch', '2.12')) == 'torch: 2.12'
    assert str(FAULT) == 'data: is gone; fetch it'
    assert str(Finding(FAIL, 'data', 'is gone', 'either\nor')) == 'data: is gone\neither\nor'


def test_nothing_but_warnings_does_not_stop():
    stop_at([Finding(OK, 'a', 'b'), Finding(WARN, 'c', 'd')])


def test_one_fault_stops_with_its_text():
    with pytest.raises(InputError) as caught:
        stop_at([Finding(WARN, 'c', 'd'), FAULT])
    assert str(caught.value) == str(FAULT)


def test_all_faults_are_named():
    with pytest.raises(InputError) as caught:
        stop_at(iter([FAULT, Finding(WARN, 'c', 'd'), Finding(FAIL, 'head', 'is wrong', 'either\nor')]))
    assert str(caught.value).splitlines() == [
        '2 things are to be mended:',
        '- data: is gone; fetch it',
        '- head: is wrong',
        '  either',
        '  or',
    ]


def test_advice_stands_below_the_faults():
    with pytest.raises(InputError, match=r'^data: is gone; fetch it\nor go on$'):
        stop_at([FAULT], 'or go on')


def test_tolerated_faults_are_warnings():
    (warning, kept) = tolerated([FAULT, Finding(OK, 'a', 'b')])
    assert (warning.state, warning.what) == (WARN, FAULT.what)
    assert kept.state == OK


@pytest.mark.parametrize(
    ('states', 'text'),
    [([], ''), ([OK], ''), ([FAIL], '1 error'), ([WARN, FAIL, WARN, FAIL], '2 errors, 2 warnings')],
)
def test_findings_are_counted_in_words(states, text):
    assert counted([Finding(state, 'a', 'b') for state in states]) == text
