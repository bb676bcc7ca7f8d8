"""Random numbers that depend on what they are for alone."""

import contextlib
import random

import numpy as np
import torch
from mmengine.dataset import BaseDataset

from mmchan.data.seeding import (
    Batch,
    SeededSamples,
    own_random_numbers,
    seed_devices,
    seed_generators,
    seed_samples,
)
from mmchan.registry import TRANSFORMS


def drawn():
    """A number of every global generator."""
    return random.random(), float(np.random.rand()), float(torch.rand(()))  # noqa: S311


def after(seed, *key, by=seed_generators):
    with own_random_numbers():
        by(seed, *key)
        return drawn()


class Drawing:
    """A data set whose samples are random numbers, as many draws as the index says before them."""

    def __getitem__(self, index):
        for _ in range(index):
            drawn()
        return index, *drawn()

    def __len__(self):
        return 100


def test_numbers_depend_on_the_seed_and_every_part_of_the_key():
    keys = [(0, 1, 2), (1, 1, 2), (0, 2, 2), (0, 1, 1), (0, 2, 1), (2**31, 1, 2)]
    numbers = [after(*key) for key in keys]
    for generator in zip(*numbers, strict=True):
        assert len(set(generator)) == len(keys)
    assert numbers == [after(*key) for key in keys]


def test_devices_draw_the_same_on_the_cpu():
    assert after(3, 1, 4, by=seed_devices) == after(3, 1, 4)


def test_generators_are_put_back_also_after_an_error():
    random.seed(1), np.random.seed(1), torch.manual_seed(1)
    expected = [drawn(), drawn()]
    random.seed(1), np.random.seed(1), torch.manual_seed(1)
    first = drawn()
    with contextlib.suppress(KeyError), own_random_numbers():
        drawn()
        raise KeyError
    assert [first, drawn()] == expected


def test_samples_depend_on_their_keys_alone():
    load = SeededSamples(Drawing(), seed=5)
    keys = [(0, 0, 1, 2, place) for place in range(3)]
    together = load(Batch([7, 3, 9], keys))
    assert [load(Batch([index], [key]))[0] for index, key in zip([7, 3, 9], keys, strict=True)] == together
    assert load(Batch([7], [(0, 0, 1, 2, 1)]))[0] != together[0]
    assert SeededSamples(Drawing(), seed=6)(Batch([7], keys[:1]))[0] != together[0]


def test_samples_of_a_plain_list_depend_on_their_index():
    load = SeededSamples(Drawing(), seed=5)
    assert load([4, 8]) == [load([4])[0], load([8])[0]]


@TRANSFORMS.register_module(force=True)
class FailSometimes:
    """Cannot load the even samples, as a broken image; the draw of another one is MMEngine's."""

    def __call__(self, results):
        return None if results['number'] % 2 == 0 else results['number']


def test_replacement_of_a_broken_sample_does_not_depend_on_history():
    class Numbers(BaseDataset):
        def load_data_list(self):
            return [{'number': number} for number in range(40)]

    def loaded(indices):
        dataset = Numbers(pipeline=[FailSometimes()])
        seed_samples(dataset, 0)
        keys = [(0, 0, 0, 0, index) for index in indices]
        return dict(zip(indices, dataset.__getitems__(Batch(indices, keys)), strict=True))

    whole = loaded(list(range(40)))
    assert all(number % 2 for number in whole.values())
    assert len({whole[index] for index in range(0, 40, 2)}) > 5
    for index in (0, 13, 24, 38):
        assert loaded([index]) == {index: whole[index]}
