"""Missing data is named in three lines before a Runner is built."""

from pathlib import Path

import pytest
from mmengine.config import Config

from mmchan.channels import InputError
from mmchan.checks.data import PAGE, RUNS_WITHOUT, check_data, leaf_datasets, needed_paths

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


def test_wrapped_datasets_are_found():
    inner = [{'type': 'A'}, {'type': 'B'}, {'type': 'C'}]
    concat = {'type': 'ConcatDataset', 'datasets': [inner[1], {'type': 'RepeatDataset', 'dataset': inner[2]}]}
    config = {'dataset': {'type': 'ClassBalancedDataset', 'dataset': concat}}
    assert list(leaf_datasets(config)) == inner[1:]
    assert list(leaf_datasets({'batch_size': 2, 'dataset': inner[0]})) == inner[:1]


def test_present_data_passes(tmp_path):
    (tmp_path / 'train' / 'a').mkdir(parents=True)
    check_data(loader(data_root=str(tmp_path), data_prefix='train'), ['train_dataloader', 'val_dataloader'])


@pytest.mark.parametrize(('folder', 'state'), [('absent', 'does not exist'), ('empty', 'is empty')])
def test_missing_data_is_three_lines(tmp_path, folder, state):
    (tmp_path / 'empty').mkdir()
    with pytest.raises(InputError) as caught:
        check_data(loader(data_root=str(tmp_path), data_prefix=folder), ['train_dataloader'])
    what, page, other = str(caught.value).splitlines()
    assert what == f'CustomDataset of train_dataloader is missing: {tmp_path / folder} {state}'
    assert page.endswith(PAGE)
    assert other.endswith(RUNS_WITHOUT)


@pytest.mark.parametrize(('kind', 'scope'), [('mmpretrain.CIFAR10', None), ('CIFAR10', 'mmpretrain')])
def test_data_that_downloads_itself_may_be_missing(tmp_path, kind, scope):
    cfg = loader(type=kind, data_prefix=str(tmp_path / 'cifar'), split='train')
    cfg.default_scope = scope
    check_data(cfg, ['train_dataloader'])
    cfg.train_dataloader.dataset.download = False
    with pytest.raises(InputError, match='CIFAR10 of train_dataloader is missing'):
        check_data(cfg, ['train_dataloader'])


def test_missing_path_is_shown_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=str(tmp_path / 'data' / 'imagenet')):
        check_data(loader(data_root='data/imagenet'), ['train_dataloader'])


def test_missing_digits_name_the_command(tmp_path):
    root = tmp_path / 'digits'
    with pytest.raises(InputError, match=f'mmchan data digits --out {root}'):
        check_data(loader(data_root=f'{root}/', data_prefix='train'), ['train_dataloader'])


def test_named_page_and_config_exist():
    assert (ROOT / PAGE).is_file()
    assert (ROOT / RUNS_WITHOUT).is_file()
