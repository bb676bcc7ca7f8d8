"""A few hundred of the damages of benchmarks/fuzz_checkpoints.py; and that it would see what it looks for."""

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from mmchan.weights import checkpoints
from tests.benchmark_scripts import load


@pytest.fixture(scope='module')
def fuzz():
    """The benchmark as a module."""
    return load('fuzz_checkpoints')


@pytest.fixture(scope='module')
def samples(fuzz, tmp_path_factory):
    """Its whole checkpoints."""
    return fuzz.make_samples(tmp_path_factory.mktemp('samples'))


def outcomes(fuzz, samples, folder, count):
    return Counter(result.outcome for result in fuzz.Fuzz(samples, 0).run(count, folder))


def test_no_damaged_checkpoint_is_loaded(fuzz, samples, tmp_path):
    assert all(len(sample.content) > 100_000 for sample in samples.values())
    assert outcomes(fuzz, samples, tmp_path, 324) == {fuzz.REFUSED: 324}


def test_fuzz_sees_what_is_loaded_unverified(fuzz, samples, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, 'verify', lambda path, compared: None)
    assert outcomes(fuzz, samples, tmp_path, 36)[fuzz.SILENT] > 10


@pytest.mark.parametrize(
    ('read', 'outcome'),
    [(lambda path: os.kill(os.getpid(), signal.SIGKILL), 'CRASHED'), (lambda path: [][0], 'FOREIGN')],
    ids=['crash', 'bug'],
)
def test_fuzz_counts_crashes_and_foreign_exceptions(fuzz, samples, tmp_path, monkeypatch, read, outcome):
    whole = fuzz.read_checkpoint
    contents = {sample.content for sample in samples.values()}

    def read_whole_only(path):
        return whole(path) if Path(path).read_bytes() in contents else read(path)

    monkeypatch.setattr(fuzz, 'read_checkpoint', read_whole_only)
    assert outcomes(fuzz, samples, tmp_path, 3) == {getattr(fuzz, outcome): 3}
