"""Calls that are timed in turn, by a clock of the test's own."""

import gc
import statistics

import pytest

from mmchan.errors import InputError
from mmchan.measure import machine
from mmchan.measure.timing import Timing, interleave


class Clock:
    """A clock that goes on only where a call says so."""

    def __init__(self) -> None:
        self.now, self.order = 0.0, []

    def __call__(self) -> float:
        return self.now

    def call(self, name: str, *seconds: float):
        """A call that takes these seconds in turn, the last ones for ever."""
        left = list(seconds)

        def run() -> None:
            self.order.append(name)
            self.now += left.pop(0) if len(left) > 1 else left[0]

        return run


def test_calls_take_turns_in_changing_order():
    clock = Clock()
    calls = {name: clock.call(name, 1.0) for name in 'ab'}
    found = interleave(calls, rounds=3, warm_up=1, clock=clock)
    assert ''.join(clock.order) == 'ab' + 'ab' + 'ba' + 'ab'
    assert found == {name: Timing((1.0, 1.0, 1.0)) for name in 'ab'}


def test_warm_up_is_not_counted_and_short_calls_are_repeated_within_a_reading():
    clock = Clock()
    calls = {'slow at first': clock.call('s', 8.0, 0.25), 'long': clock.call('l', 2.0)}
    found = interleave(calls, rounds=2, warm_up=2, least_seconds=1.0, clock=clock)
    assert found['slow at first'].seconds == (0.25, 0.25)
    assert clock.order.count('s') == 2 + 2 * 4
    assert clock.order.count('l') == 2 + 2


def test_a_slow_while_of_the_machine_slows_both_of_a_round():
    ours, theirs = Timing((1.0, 10.0, 1.0)), Timing((2.0, 20.0, 2.0))
    assert ours.speed_over(theirs) == (2.0, 2.0, 2.0)
    assert theirs.speed_over(ours).median == 0.5


def test_quartiles_are_those_of_the_standard_library():
    timing = Timing((4.0, 1.0, 3.0, 2.0, 9.0))
    assert [timing.low, timing.median, timing.high] == statistics.quantiles(
        timing.seconds, n=4, method='inclusive'
    )
    assert (Timing((3.0,)).low, Timing((3.0,)).high) == (3.0, 3.0)


def test_garbage_is_not_collected_within_readings_and_is_again_after_an_error():
    def fail() -> None:
        seen.append(gc.isenabled())
        if len(seen) == 3:
            raise KeyError

    seen: list[bool] = []
    with pytest.raises(KeyError):
        interleave({'a': fail}, rounds=5)
    assert seen == [True, True, False]
    assert gc.isenabled()


@pytest.mark.parametrize('wrong', [{'rounds': 0}, {'rounds': 1, 'warm_up': 0}])
def test_nothing_to_read_is_an_error(wrong):
    with pytest.raises(InputError, match='>= 1'):
        interleave({'a': print}, **wrong)


def test_a_machine_is_described_by_what_numbers_depend_on(monkeypatch, tmp_path):
    said = tmp_path / 'cpuinfo'
    said.write_text(
        'processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu avx2 amx_int8\n\nprocessor\t: 1\n'
    )
    monkeypatch.setattr(machine, 'CPU_INFO', said)
    machine._cpu_info.cache_clear()
    monkeypatch.setenv('ONEDNN_MAX_CPU_ISA', 'AVX2')
    try:
        found = machine.describe_machine(threads=2, packages=['numpy', 'no-such-package'])
    finally:
        machine._cpu_info.cache_clear()
    assert (found['cpu'], found['instruction_sets']) == ('Some CPU', ['avx2', 'amx_int8'])
    assert found['limits']['ONEDNN_MAX_CPU_ISA'] == 'AVX2'
    assert set(found['versions']) == {'mmchan', 'python', 'numpy'}
