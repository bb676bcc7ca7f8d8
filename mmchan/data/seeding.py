"""Random numbers that depend on what is drawn for, not on what was drawn before.

A sample's augmentation is a function of its place in the training, an iteration's dropout one of its number.
So there is no random state to save, and it does not matter how many workers load the samples.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch.utils.data import Dataset

# what numbers are drawn for: the first word of every key, so that no two share a stream
SAMPLE, OTHER_SAMPLE, SAMPLER, ITERATION, EPOCH, VALIDATION = range(6)


class Batch(list):
    """The indices of a batch, and for each the key of its random numbers.

    Args:
        indices: Indices into the data set.
        keys: As many keys.
    """

    def __init__(self, indices: Sequence[int] = (), keys: Sequence[tuple[int, ...]] = ()) -> None:
        super().__init__(indices)
        self.keys = keys


class SeededSamples:
    """Loads the samples of a batch, each with random numbers of its own.

    torch's loaders call a data set's ``__getitems__`` where it has one; as an attribute of one data set this
    leaves its class, its wrappers and whatever hooks do to it as they are.

    Args:
        dataset: The data set.
        seed: The seed of the run.
    """

    def __init__(self, dataset: Dataset, seed: int) -> None:
        self.dataset = dataset
        self.seed = seed

    def __call__(self, indices: Sequence[int]) -> list:
        """The samples of some indices; those of a plain list depend on seed and index only."""
        keys = indices.keys if isinstance(indices, Batch) else [(OTHER_SAMPLE, index) for index in indices]
        with own_random_numbers():
            return [self._load(index, key) for index, key in zip(indices, keys, strict=True)]

    def _load(self, index: int, key: tuple[int, ...]) -> object:
        seed_generators(self.seed, *key)
        return self.dataset[index]


def seed_samples(dataset: Dataset, seed: int) -> None:
    """Let a data set's samples have random numbers of their own in every loader."""
    dataset.__getitems__ = SeededSamples(dataset, seed)


def seed_generators(seed: int, *key: int) -> None:
    """Seed the global generators of Python, NumPy and torch (CPU) from a seed and what they are to serve."""
    words = np.random.SeedSequence([seed, *key]).generate_state(4).tolist()
    random.seed(words[0])
    np.random.seed(words[1])
    torch.default_generator.manual_seed((words[2] << 32) | words[3])


def seed_devices(seed: int, *key: int) -> None:
    """As :func:`seed_generators`, and the generators of all accelerators too."""
    seed_generators(seed, *key)
    if torch.accelerator.is_available():
        torch.manual_seed(torch.default_generator.initial_seed())


@contextmanager
def own_random_numbers() -> Iterator[None]:
    """Put the states of the global generators of Python, NumPy and torch (CPU) back afterwards."""
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])
