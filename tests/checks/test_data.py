"""Missing data is named, with the page that tells about it and a config that runs without."""

from pathlib import Path

import pytest
from mmengine.config import Config

from mmchan.checks.data import (
    DETECTION_PAGE,
    DETECTOR_RUNS_WITHOUT,
    PAGE,
    RUNS_WITHOUT,
    check_data,
    needed_paths,
)
from mmchan.findings import FAIL

ROOT = Path(__file__).parents[2]


def loader(**dataset):
    kind = {'type': 'mmpretrain.CustomDataset'}
    return Config({'train_dataloader': {'dataset': {**kind, **dataset}}})


@pytest.mark.parametrize(
    ('dataset', 'paths'),
    [
        ({'type': 'ImageNet', 'data_root': 'r', 'split': 'val'}, ['r', 'r/val']),
        (
            {'type': 'mmpretrain.ImageNet', 'data_root': 'r', 'split': 'val', 'ann_file': 'v.txt'},
            ['r', 'r/v.txt', 'r/val'],
        ),
        ({'type': 'mmpretrain.CustomDataset', 'data_prefix': 'r/a'}, ['r/a']),
        (
            {
                'type': 'mmdet.CocoDataset',
                'data_root': 'r/',
                'ann_file': 'a.json',
                'data_prefix': {'img': 'i/'},
            },
            ['r', 'r/a.json', 'r/i'],
        ),
        ({'type': 'mmpretrain.CUB', 'data_root': 'r', 'split': 'train'}, ['r']),
        (
            {'type': 'Food101', 'data_root': 'r', 'split': 'test'},
            ['r', 'r/images', 'r/meta/test.txt'],
        ),
        ({'type': 'CIFAR100', 'data_root': 'r', 'split': 'test'}, ['r', 'r/cifar-100-python']),
        ({'type': 'StanfordCars', 'data_root': 'r', 'split': 'test'}, ['r', 'r/cars_annos.mat', 'r/car_ims']),
        ({'type': 'mmpretrain.CustomDataset', 'data_root': '/a', 'ann_file': '/b/c'}, ['/a', '/b/c']),
        ({'type': 'mmpretrain.CustomDataset', 'data_root': 's3://bucket', 'data_prefix': 'a'}, []),
    ],
    ids=['split', 'list', 'prefix', 'coco', 'other split', 'food', 'cifar', 'cars', 'absolute', 'remote'],
)
def test_needed_paths(dataset, paths):
    assert [path.as_posix() for path in needed_paths(dataset)] == paths


def test_stanford_cars_may_come_with_a_devkit(tmp_path):
    (tmp_path / 'devkit').mkdir()
    for split, file in (('train', 'cars_train_annos.mat'), ('test', 'cars_test_annos_withlabels.mat')):
        dataset = {'type': 'StanfordCars', 'data_root': str(tmp_path), 'split': split}
        assert needed_paths(dataset)[1:] == [tmp_path / 'devkit' / file, tmp_path / f'cars_{split}']


def faults(cfg, loaders=('train_dataloader',)):
    """The text of every finding: all are faults."""
    found = list(check_data(cfg, loaders))
    assert {finding.state for finding in found} <= {FAIL}
    return [str(finding) for finding in found]


def test_present_data_passes(tmp_path):
    (tmp_path / 'train' / 'a').mkdir(parents=True)
    cfg = loader(data_root=str(tmp_path), data_prefix='train')
    assert faults(cfg, ['train_dataloader', 'val_dataloader']) == []


@pytest.mark.parametrize(('folder', 'state'), [('absent', 'does not exist'), ('empty', 'is empty')])
def test_missing_data_is_three_lines(tmp_path, folder, state):
    (tmp_path / 'empty').mkdir()
    (text,) = faults(loader(data_root=str(tmp_path), data_prefix=folder))
    what, page, other = text.splitlines()
    assert what == f'CustomDataset of train_dataloader: {tmp_path / folder} {state}'
    assert page.endswith(PAGE)
    assert other.endswith(RUNS_WITHOUT)


def test_all_that_is_missing_is_named_at_once(tmp_path):
    (tmp_path / 'here').mkdir()
    (tmp_path / 'here' / 'notes.txt').write_text('x')
    both = {'ann_file': 'a.txt', 'data_prefix': 'b'}
    cfg = loader(data_root=str(tmp_path / 'here'), **both)
    cfg.val_dataloader = {'dataset': {'type': 'CustomDataset', 'data_root': str(tmp_path / 'gone'), **both}}
    inside, whole = faults(cfg, ['train_dataloader', 'val_dataloader'])
    here = f'{tmp_path}/here'
    assert f'train_dataloader: {here}/a.txt does not exist, {here}/b does not exist\n' in inside
    assert f'val_dataloader: {tmp_path}/gone does not exist\n' in whole


def test_loaders_that_lack_the_same_are_named_together(tmp_path):
    cfg = loader(data_root=str(tmp_path / 'gone'), data_prefix='train')
    cfg.val_dataloader = cfg.train_dataloader
    cfg.val_dataloader.dataset.data_prefix = 'val'
    (text,) = faults(cfg, ['train_dataloader', 'val_dataloader'])
    assert text.startswith('CustomDataset of train_dataloader and val_dataloader: ')


@pytest.mark.parametrize(('kind', 'scope'), [('mmpretrain.CIFAR10', None), ('CIFAR10', 'mmpretrain')])
def test_data_that_downloads_itself_may_be_missing(tmp_path, kind, scope):
    cfg = loader(type=kind, data_prefix=str(tmp_path / 'cifar'), split='train')
    cfg.default_scope = scope
    assert faults(cfg) == []
    cfg.train_dataloader.dataset.download = False
    assert 'CIFAR10 of train_dataloader: ' in faults(cfg)[0]


def test_missing_path_is_shown_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert str(tmp_path / 'data' / 'imagenet') in faults(loader(data_root='data/imagenet'))[0]


@pytest.mark.parametrize(
    ('name', 'settings', 'is_ours'),
    [
        ('digits', {'data_prefix': 'train'}, True),
        ('digits', {'data_prefix': 'mine'}, False),
        ('numbers', {'data_prefix': 'train'}, False),
        ('digits', {'type': 'CocoDataset', 'ann_file': 'annotations/train.json'}, False),
        ('digits-coco', {'type': 'CocoDataset', 'ann_file': 'annotations/train.json'}, True),
        ('digits-coco', {'type': 'CocoDataset', 'ann_file': '/elsewhere/train.json'}, False),
    ],
)
def test_missing_embedded_data_name_the_command_and_others_of_the_name_do_not(
    tmp_path, name, settings, is_ours
):
    root = tmp_path / name
    (root / 'other').mkdir(parents=True)
    (text,) = faults(loader(data_root=f'{root}/', **settings))
    assert (f'mmchan data {name} --out {root}' in text) == is_ours


@pytest.mark.parametrize(('name', 'faults_of_it'), [('digits', 0), ('numbers', 1)])
def test_embedded_data_that_a_training_writes_is_no_fault(tmp_path, name, faults_of_it):
    assert len(faults(loader(data_root=str(tmp_path / name), data_prefix='train'))) == faults_of_it


def test_missing_coco_names_its_own_page_and_config(tmp_path):
    (text,) = faults(loader(type='CocoDataset', data_root=str(tmp_path / 'coco'), ann_file='a.json'))
    assert text.splitlines()[1:] == [
        f'How to lay it out: {DETECTION_PAGE}',
        f'This config runs without it: {DETECTOR_RUNS_WITHOUT}',
    ]


def test_named_pages_and_configs_exist():
    for path in (PAGE, RUNS_WITHOUT, DETECTION_PAGE, DETECTOR_RUNS_WITHOUT):
        assert (ROOT / path).is_file()
