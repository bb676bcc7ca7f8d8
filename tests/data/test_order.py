"""Which samples a batch holds, whoever loads it."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mmengine.dataset import DefaultSampler
from torch.utils.data import BatchSampler

from mmchan.data.order import EvaluationBatches, GlobalBatches, Share

counts = st.integers(1, 9)


def batches(*, samples=10, size=4, share=None, seed=0, drop_last=False):
    """The batches of an epoch, as of a config with the default sampler."""
    sampler = DefaultSampler(range(samples), seed=seed)
    make = lambda: BatchSampler(sampler, size, drop_last)  # noqa: E731
    return GlobalBatches(make, seed=seed, share=share or Share())


def whole(shares):
    """The global batches that the shares of all processes make up, in the order of their places."""
    return [
        [index for turn in itertools.zip_longest(*parts) for index in turn if index is not None]
        for parts in zip(*shares, strict=True)
    ]


@given(size=st.integers(1, 40), processes=counts)
def test_shares_of_all_processes_are_the_batch(size, processes):
    places = [place for rank in range(processes) for place in Share(rank, processes).places(size)]
    assert set(places) == set(range(size))
    assert len(places) == max(size, processes)  # each once, but for processes without one of their own


@given(samples=st.integers(1, 60), part=counts, processes=counts, epoch=st.integers(0, 5))
def test_processes_see_the_batches_of_one(samples, part, processes, epoch):
    total = part * processes
    shares = []
    for rank in range(processes):
        sampler = batches(samples=samples, size=total, share=Share(rank, processes))
        sampler.begin(epoch, 0)
        shares.append(list(sampler))
    alone = batches(samples=samples, size=total)
    alone.begin(epoch, 0)
    expected = list(alone)
    for parts, batch in zip(whole(shares), expected, strict=True):
        assert parts[: len(batch)] == batch
    assert sorted(itertools.chain(*expected)) == list(range(samples))


@given(samples=st.integers(1, 60), size=counts, first=st.integers(0, 60), epoch=st.integers(0, 3))
def test_epoch_begun_inside_is_its_rest(samples, size, first, epoch):
    sampler = batches(samples=samples, size=size)
    sampler.begin(epoch, 0)
    all_batches = [(list(batch), batch.keys) for batch in sampler]
    sampler.begin(epoch, first)
    assert [(list(batch), batch.keys) for batch in sampler] == all_batches[first:]
    assert [(list(batch), batch.keys) for batch in sampler] == all_batches  # and from the beginning again


def test_endless_order_goes_on_anywhere():
    sampler = batches(samples=10, size=4)
    endless = GlobalBatches(sampler._make, seed=0, share=Share(), endless=True)
    all_batches = [list(batch) for batch in itertools.islice(endless, 12)]
    passes = [all_batches[start : start + 3] for start in range(0, 12, 3)]
    assert all(sorted(itertools.chain(*batches)) == list(range(10)) for batches in passes)
    assert passes[0] != passes[1]
    for first in range(12):
        endless.begin(0, first)
        assert [list(batch) for batch in itertools.islice(endless, 12 - first)] == all_batches[first:]


def test_another_epoch_seed_or_turn_is_another_order():
    orders = set()
    # MMEngine adds seed and epoch: the neighbour of a seed has the same orders, one epoch later
    for seed, epoch, turn in ((0, 0, 0), (9, 0, 0), (0, 1, 0), (0, 0, 1)):
        sampler = batches(samples=50, seed=seed)
        sampler.begin(epoch, 0, turn=turn)
        orders.add(tuple(itertools.chain(*sampler)))
    assert len(orders) == 4


def test_keys_are_the_place_in_the_training():
    sampler = batches(samples=8, size=4, share=Share(1, 2))
    sampler.begin(3, 1, turn=2)
    assert next(iter(sampler)).keys == [(0, 2, 3, 1, 1), (0, 2, 3, 1, 3)]


@given(samples=st.integers(1, 40), part=counts, processes=counts)
def test_evaluation_gets_every_sample_once_in_mmengines_turns(samples, part, processes):
    in_order = BatchSampler(range(samples), part * processes, drop_last=False)
    shares = [list(EvaluationBatches(in_order, Share(rank, processes))) for rank in range(processes)]
    assert len({len(share) for share in shares}) == 1
    # as mmengine.dist.collect_results puts them together
    results = itertools.zip_longest(*(itertools.chain(*share) for share in shares))
    collected = [index for turn in results for index in turn if index is not None]
    assert collected[:samples] == list(range(samples))


@pytest.mark.parametrize('drop_last', [False, True])
def test_lengths_are_true(drop_last):
    sampler = batches(samples=10, size=4, share=Share(0, 2), drop_last=drop_last)
    assert len(sampler) == len(list(sampler)) == 3 - drop_last
    assert (sampler.batch_size, sampler.total_batch_size) == (2, 4)
