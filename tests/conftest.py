"""Shared by all tests: quiet, seeded, one thread per worker, nothing global left to the next test."""

import logging
import multiprocessing
import os
import random
from pathlib import Path

# before torch is imported: with a thread per core in every worker they wait for each other in busy loops
os.environ.setdefault('OMP_NUM_THREADS', '1')

import numpy as np
import pytest
from hypothesis import settings

from tests import mmengine_globals

# how long an example takes says more about the machine than about the code
settings.register_profile('mmchan', deadline=None)
settings.load_profile('mmchan')


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that only quick ones are left when a worker runs dry."""
    slow = {item.path for item in items if item.get_closest_marker('slow')}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def seeded():
    """The same random numbers for every test, whatever ran before."""
    random.seed(0)
    np.random.seed(0)


@pytest.fixture(autouse=True)
def own_globals():
    """No test leaves MMEngine's globals to the next, nor workers of a training that it ended."""
    yield
    for worker in multiprocessing.active_children():
        worker.kill()  # it holds open what it was forked with, for which a browser waits
        worker.join()
    mmengine_globals.forget()


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    """pytest's ``caplog`` from INFO on, which also sees what MMEngine's loggers write."""
    from mmengine.logging import MMLogger

    call_handlers = MMLogger.callHandlers

    def call_ours_too(logger: MMLogger, record: logging.LogRecord) -> None:
        call_handlers(logger, record)
        if record.levelno >= caplog.handler.level:
            caplog.handler.handle(record)

    monkeypatch.setattr(MMLogger, 'callHandlers', call_ours_too)
    caplog.set_level(logging.INFO)
    return caplog


@pytest.fixture
def quick_meta(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the meta device batch norm gives a map of its input's shape and nothing else.

    torch works it out in Python there, which takes several times as long as all other layers together.
    """
    import torch
    from torch.nn import functional

    batch_norm = functional.batch_norm

    def keep_shape(x: torch.Tensor, *arguments: object, **settings: object) -> torch.Tensor:
        return torch.empty_like(x) if x.is_meta else batch_norm(x, *arguments, **settings)

    monkeypatch.setattr(functional, 'batch_norm', keep_shape)


@pytest.fixture(scope='session')
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run share, for what is made once; make it under a FileLock."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if 'PYTEST_XDIST_WORKER' in os.environ else base
