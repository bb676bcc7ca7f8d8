"""Loaders give the same samples, augmented the same, whoever loads them and wherever they begin."""

import collections
import functools
import hashlib
import itertools
import os
import random
import signal
import time
from typing import ClassVar
from unittest import mock

import mmdet.datasets  # noqa: F401 (registers)
import mmengine.dist.utils
import mmpretrain.datasets  # noqa: F401 (registers)
import numpy as np
import pytest
import torch
from mmdet.structures.bbox import HorizontalBoxes
from mmengine.dataset import BaseDataset
from mmengine.registry import DefaultScope
from mmengine.runner import Runner
from torch.utils.data._utils import worker

from mmchan.data import loaders
from mmchan.errors import InputError
from mmchan.registry import TRANSFORMS

SEED = 7
TOTAL = 8
SIZES = [(20, 30), (30, 20), (24, 24), (40, 20), (20, 36)]


class Pictures(BaseDataset):
    """Pictures of noise with a box each, of five shapes and three classes; what is loaded is counted."""

    METAINFO: ClassVar = {'classes': ('a', 'b', 'c')}
    loaded: ClassVar = collections.Counter()

    def __init__(self, count=22, first=0, pipeline=()):
        self.count, self.first = count, first
        super().__init__(pipeline=list(pipeline), serialize_data=False)

    def load_data_list(self):
        return [self._picture(self.first + number) for number in range(self.count)]

    def _picture(self, number):
        height, width = SIZES[number % len(SIZES)]
        return {'number': number, 'height': height, 'width': width, 'class': number % 3}

    def get_cat_ids(self, index):
        return [self.get_data_info(index)['class']]

    def prepare_data(self, index):
        Pictures.loaded[index] += 1
        return super().prepare_data(index)


@TRANSFORMS.register_module(force=True)
class MakePicture:
    """The picture of an index, and draws from all three generators."""

    def __call__(self, results):
        shape = results['height'], results['width']
        image = np.random.default_rng(results['number']).integers(0, 256, (*shape, 3), dtype=np.uint8)
        boxes = HorizontalBoxes(torch.tensor([[2.0, 2.0, 15.0, 15.0]]))
        labels = np.array([results['class']])
        return {
            **results,
            'img': np.roll(image, (random.randrange(9), np.random.randint(9), int(torch.randint(9, ())))),  # noqa: S311
            'img_shape': shape,
            'gt_bboxes': boxes,
            'gt_bboxes_labels': labels,
            'gt_ignore_flags': np.array([False]),
        }


PICTURES = {'type': Pictures, 'pipeline': [{'type': 'mmchan.MakePicture'}]}
TWO = [PICTURES, {**PICTURES, 'count': 30, 'first': 100}]
MIXED = {
    'type': 'mmdet.MultiImageMixDataset',
    'dataset': PICTURES,
    'pipeline': [
        {'type': 'mmdet.Mosaic', 'img_scale': (32, 32)},
        {'type': 'mmdet.MixUp', 'img_scale': (32, 32)},
        {'type': 'mmdet.RandomFlip', 'prob': 0.5},
    ],
}
DEFAULT = {'type': 'DefaultSampler', 'shuffle': True}
ENDLESS = {'type': 'InfiniteSampler', 'shuffle': True}
ASPECT = {'type': 'mmdet.AspectRatioBatchSampler', 'drop_last': False}
# data set, sampler, sampler of batches, without epochs
KINDS = {
    'default': (PICTURES, DEFAULT, None, False),
    'default, endless': (PICTURES, DEFAULT, None, True),
    'infinite': (PICTURES, ENDLESS, None, True),
    'aspect ratio': (PICTURES, DEFAULT, ASPECT, False),
    'aspect ratio, endless': (PICTURES, ENDLESS, ASPECT, True),
    'class aware': (PICTURES, {'type': 'mmdet.ClassAwareSampler'}, None, False),
    'repeated': (PICTURES, {'type': 'mmpretrain.RepeatAugSampler'}, None, False),
    'two sources': (
        {'type': 'ConcatDataset', 'datasets': TWO},
        {'type': 'mmdet.MultiSourceSampler', 'source_ratio': [1, 3], 'batch_size': 'part'},
        None,
        True,
    ),
    'two sources in groups': (
        {'type': 'ConcatDataset', 'datasets': TWO},
        {'type': 'mmdet.GroupMultiSourceSampler', 'source_ratio': [1, 3], 'batch_size': 'part'},
        None,
        True,
    ),
    'concatenated': ({'type': 'ConcatDataset', 'datasets': TWO}, DEFAULT, None, False),
    'twice': ({'type': 'RepeatDataset', 'dataset': PICTURES, 'times': 2}, DEFAULT, None, False),
    'balanced': (
        {'type': 'ClassBalancedDataset', 'dataset': PICTURES, 'oversample_thr': 0.5},
        DEFAULT,
        None,
        False,
    ),
    'mosaic and mixup': (MIXED, DEFAULT, None, False),
}


WITH_EPOCHS = [kind for kind, (*_, endless) in KINDS.items() if not endless]
EVERY_SAMPLE_ONCE = {'default': 22, 'aspect ratio': 22, 'concatenated': 52, 'twice': 44}
BATCHES = 6  # of those without end


@pytest.fixture(autouse=True)
def scope():
    with DefaultScope.overwrite_default_scope('mmdet'):
        yield


def as_process(rank, processes):
    """Let MMEngine's samplers and ours be those of one of several processes."""
    group = mock.Mock()
    group.get_rank.return_value, group.get_world_size.return_value = rank, processes
    return mock.patch.object(mmengine.dist.utils, 'torch_dist', group)


def collate(samples):
    """What the tests look at."""
    return {key: [sample[key] for sample in samples] for key in ('img', 'number') if key in samples[0]}


def config(kind, *, processes=1, workers=0, persistent=False):
    """The config of a loader."""
    dataset, sampler, batch_sampler, _ = KINDS[kind]
    part = TOTAL // processes
    return {
        'dataset': dataset,
        'sampler': {key: part if value == 'part' else value for key, value in sampler.items()},
        'batch_sampler': batch_sampler,
        'batch_size': part,
        'num_workers': workers,
        'persistent_workers': persistent,
        'collate_fn': {'type': collate},
    }


def loader_of(kind, *, rank=0, processes=1, **settings):
    """The training loader of a process."""
    cfg = config(kind, processes=processes, **settings)
    with as_process(rank, processes):
        loader = loaders.independent(Runner.build_dataloader(cfg, seed=SEED), SEED)
        return loaders.in_global_order(loader, cfg, seed=SEED, endless=KINDS[kind][-1])


def digests(loader, epoch=0, first=0):
    """For every batch from one on: a digest of every sample, augmented."""
    loader.batch_sampler.begin(epoch, first)
    stop = BATCHES - first if loader.batch_sampler._endless else None
    batches = itertools.islice(loader, stop)
    return [[hashlib.sha256(image.tobytes()).hexdigest() for image in batch['img']] for batch in batches]


@functools.cache
def alone(kind):
    """Two epochs, or the first batches, as one process without workers loads them."""
    loader = loader_of(kind)
    return [digests(loader, epoch) for epoch in (range(2) if kind in WITH_EPOCHS else (0,))]


# a worker takes a third of a second to start and to end
@pytest.mark.slow
@pytest.mark.parametrize(
    ('kind', 'workers', 'persistent'),
    [*((kind, 2, True) for kind in KINDS), ('default', 1, False), ('mosaic and mixup', 2, False)],
)
def test_workers_change_nothing(kind, workers, persistent):
    loader = loader_of(kind, workers=workers, persistent=persistent)
    assert [digests(loader, epoch) for epoch in range(len(alone(kind)))] == alone(kind)
    assert digests(loader, 0, 2) == alone(kind)[0][2:]


@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.parametrize('processes', [2, 4])
def test_processes_share_the_batches_of_one(kind, processes):
    shares = [loader_of(kind, rank=rank, processes=processes) for rank in range(processes)]
    for epoch, expected in enumerate(alone(kind)):
        parts = zip(*(digests(share, epoch) for share in shares), strict=True)
        together = [
            [sample for turn in itertools.zip_longest(*part) for sample in turn if sample] for part in parts
        ]
        # of a last batch with fewer samples than processes some are loaded twice, behind the others
        assert [batch[: len(one)] for batch, one in zip(together, expected, strict=True)] == expected


@pytest.mark.parametrize('kind', KINDS)
def test_beginning_inside_loads_the_same_and_no_more(kind):
    loader = loader_of(kind)
    Pictures.loaded.clear()
    whole = digests(loader)
    all_loaded = Pictures.loaded.total()
    assert whole == alone(kind)[0]
    first = len(whole) - 1
    Pictures.loaded.clear()
    assert digests(loader, first=first) == whole[first:]
    assert Pictures.loaded.total() <= all_loaded * len(whole[first]) / sum(map(len, whole)) + 4


@pytest.mark.parametrize(('kind', 'count'), EVERY_SAMPLE_ONCE.items(), ids=EVERY_SAMPLE_ONCE)
def test_epoch_holds_every_sample_once(kind, count):
    loader = loader_of(kind)
    for epoch in range(2):
        loader.batch_sampler.begin(epoch, 0)
        assert sorted(itertools.chain(*loader.batch_sampler)) == list(range(count))
    assert alone(kind)[0] != alone(kind)[1]


@pytest.mark.parametrize('workers', [0, 1])
def test_global_generators_are_untouched(workers):
    def states():
        return str([random.getstate(), np.random.get_state(), torch.get_rng_state().tolist()])

    loader = loader_of('two sources in groups', workers=workers)
    before = states()
    digests(loader)
    assert states() == before


def test_other_seed_is_another_training():
    loader = loader_of('default')
    loaders.reseed(loader, SEED + 100)
    assert digests(loader) != alone('default')[0]
    loaders.reseed(loader, SEED)
    assert digests(loader) == alone('default')[0]


@pytest.mark.parametrize('sampler', ['DefaultSampler', 'mmpretrain.SequentialSampler'])
@pytest.mark.parametrize('settings', [{}, {'round_up': False}])
@pytest.mark.parametrize(('count', 'processes'), [(22, 3), (7, 3), (16, 2), (2, 3)])
def test_evaluation_counts_every_sample_once(sampler, settings, count, processes):
    if sampler == 'mmpretrain.SequentialSampler':
        settings = {**settings, 'subsample_type': 'sequential'}
    else:
        settings = {**settings, 'shuffle': False}
    cfg = {**config('default'), 'dataset': {**PICTURES, 'count': count}, 'batch_size': 2}
    cfg['sampler'] = {'type': sampler, **settings}
    results = []
    for rank in range(processes):
        with as_process(rank, processes):
            loader = loaders.independent(Runner.build_dataloader(cfg, seed=SEED), SEED)
            loader = loaders.counted_once(loader, cfg)
        results.append([number for batch in loader for number in batch['number']])
    # as mmengine.dist.collect_results puts them together
    collected = [result for turn in itertools.zip_longest(*results) for result in turn if result is not None]
    assert collected[:count] == list(range(count))


def test_evaluation_with_an_order_of_its_own_is_left_alone():
    cfg = config('infinite')
    with as_process(0, 2):
        loader = Runner.build_dataloader(cfg, seed=SEED)
        assert loaders.counted_once(loader, cfg) is loader


@pytest.mark.parametrize('processes', [1, 2, 4])
def test_total_batch_is_shared(processes):
    with as_process(0, processes):
        assert loaders.with_total_batch({'batch_size': 3}, 8)['batch_size'] == 8 // processes
        assert loaders.with_total_batch({'batch_size': 3}, None)['batch_size'] == 3


@pytest.mark.parametrize('total', [9, 0, -2, '8', 2.0])
def test_total_batch_that_cannot_be_shared_is_refused(total):
    with (
        as_process(0, 2),
        pytest.raises(InputError, match=r'total_batch_size must be a multiple of the 2 proc'),
    ):
        loaders.with_total_batch({'batch_size': 3}, total)


def test_workers_go_on_where_the_whole_job_is_asked_to_stop(monkeypatch):
    begin = worker._worker_loop

    def begin_late(*args):
        time.sleep(0.3)
        begin(*args)

    monkeypatch.setattr(worker, '_worker_loop', begin_late)
    loader = loader_of('default', workers=2)
    loader.batch_sampler.begin(0, 0)
    batches = iter(loader)
    for process in batches._workers:
        for request in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
            os.kill(process.pid, request)
    assert len(list(batches)) == 3
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set()
    assert not any(process.is_alive() for process in batches._workers)
