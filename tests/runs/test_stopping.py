"""Signals become requests, and are themselves again afterwards."""

import os
import signal
import threading

import pytest

from mmchan.runs.stopping import SIGNALS, stop_requests


@pytest.mark.parametrize('number', SIGNALS, ids=lambda number: number.name)
def test_signal_is_a_request_while_the_training_runs(number):
    before = signal.getsignal(number)
    with stop_requests() as request:
        assert not request
        os.kill(os.getpid(), number)
        assert request.signal == number
    assert signal.getsignal(number) is before


def test_second_interrupt_stops_at_once(capfd):
    with stop_requests():
        os.kill(os.getpid(), signal.SIGTERM)
        assert 'SIGTERM: saving after this iteration' in capfd.readouterr().err
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_other_threads_take_no_signals():
    requests = []

    def work():
        with stop_requests() as request:
            requests.append(bool(request))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert requests == [False]
