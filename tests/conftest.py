"""Shared by all tests: quiet, seeded, one thread per worker."""

import logging
import random

import numpy as np
import pytest
from hypothesis import settings

# how long an example takes says more about the machine than about the code
settings.register_profile('mmchan', deadline=None)
settings.load_profile('mmchan')


@pytest.fixture(autouse=True)
def seeded():
    """The same random numbers for every test, whatever ran before."""
    random.seed(0)
    np.random.seed(0)


@pytest.fixture(autouse=True)
def quiet_mmengine():
    """MMEngine logs every parameter that init_weights touches."""
    logging.getLogger('mmengine').setLevel(logging.ERROR)
