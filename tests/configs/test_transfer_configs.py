"""Fine-tuning and CIFAR configs: their data is asked for, their data sets are mmpretrain's."""

import pickle

import pytest
from mmengine.registry import init_default_scope
from mmpretrain.datasets import CIFAR10, build_dataset

from mmchan.channels import get_plan
from mmchan.checks.data import PAGE, RUNS_WITHOUT, check_data
from mmchan.layouts.colours import BGR, colour_order
from tests.configs.shipped import CONFIGS, ROOT, load, metrics_of

FINE_GRAINED = {'food101': 88.4, 'stanford-cars': 91.5, 'fgvc-aircraft': 89.5, 'flowers102': 97.8}
CIFAR = ('cifar10', 'cifar100')
ARCHS = ('rexnet-1.0x', 'regnetx-400mf', 'regnety-400mf')


def path_of(arch, data):
    """The config of a network on a data set."""
    batch = '1xb128' if data in CIFAR else '1xb64'
    folder = 'rexnet' if arch.startswith('rexnet') else 'regnet'
    return f'configs/{folder}/{arch}_{batch}_{data}.py'


TRANSFER = [path_of(arch, data) for arch in ARCHS for data in (*FINE_GRAINED, *CIFAR)]


@pytest.fixture(autouse=True)
def default_scope():
    """mmpretrain's scope, as its Runner sets it."""
    init_default_scope('mmpretrain')


def test_every_network_is_there_for_every_data_set():
    ends = tuple(f'_{data}.py' for data in (*FINE_GRAINED, *CIFAR))
    assert {*TRANSFER} == {path for path in CONFIGS if path.endswith(ends)}


@pytest.mark.parametrize('path', TRANSFER)
def test_missing_data_is_told_in_three_lines(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for loader in ('train_dataloader', 'val_dataloader', 'test_dataloader'):
        (finding,) = check_data(load(path), [loader])
        what, page, other = str(finding).splitlines()
        assert f' of {loader}: {tmp_path}/data/' in what
        assert page.endswith(PAGE)
        assert other.endswith(RUNS_WITHOUT)


@pytest.mark.parametrize('path', TRANSFER)
def test_layout_and_split_are_documented(path):
    dataset = load(path).train_dataloader.dataset
    root = dataset.data_root.rstrip('/')
    assert f'{root}\n' in (ROOT / PAGE).read_text()
    assert dataset.split in ('train', 'trainval')
    assert load(path).val_dataloader.dataset.split == 'test'
    assert load(path).test_dataloader == load(path).val_dataloader


@pytest.mark.parametrize('data', FINE_GRAINED)
def test_published_figure_stands_in_the_zoo(data):
    quoted = metrics_of(path_of('rexnet-1.0x', data), 'arXiv:2007.00992')
    assert quoted == {'Top 1 Accuracy': FINE_GRAINED[data]}


@pytest.mark.parametrize('arch', ARCHS)
def test_colour_order_is_that_of_the_weights(arch):
    cfg = load(path_of(arch, 'food101'))
    order = colour_order(cfg.model.backbone.init_cfg.checkpoint)
    assert cfg.data_preprocessor.to_rgb is (order != BGR)
    assert sorted(cfg.data_preprocessor.mean, reverse=order != BGR) == cfg.data_preprocessor.mean


@pytest.mark.parametrize(('arch', 'stride'), [*zip(ARCHS, (16, 8, 8), strict=True)])
def test_images_of_32_pixels_are_not_shrunk_to_one(arch, stride):
    backbone = load(path_of(arch, 'cifar10')).model.backbone
    plan = get_plan({**backbone.arch, **({'strides': backbone.strides} if 'strides' in backbone else {})})
    assert plan.out_strides[-1] == stride
    assert plan.widths == get_plan(arch).widths


def write_fine_grained(data, root):
    """One image for training and one for testing, laid out as the data set's authors do."""
    from PIL import Image

    def image(*parts):
        file = root.joinpath(*parts)
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new('RGB', (8, 8)).save(file)

    def text(name, line):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f'{line}\n')

    if data == 'food101':
        for split, number in (('train', 1), ('test', 2)):
            image('images', 'sushi', f'{number}.jpg')
            text(f'meta/{split}.txt', f'sushi/{number}')
    else:
        for split, number in (('trainval', 1), ('test', 2)):
            image('data', 'images', f'{number}.jpg')
            text(f'data/images_variant_{split}.txt', f'{number} A340-300')


@pytest.mark.parametrize('data', ['food101', 'fgvc-aircraft'])
def test_data_set_is_read_through_mmpretrain(data, tmp_path):
    write_fine_grained(data, tmp_path)
    for loader in ('train_dataloader', 'val_dataloader'):
        cfg = load(path_of('rexnet-1.0x', data))[loader].dataset
        dataset = build_dataset({**cfg, 'data_root': str(tmp_path)})
        assert len(dataset) == 1
        assert dataset[0]['inputs'].shape == (3, 224, 224)
        assert len(dataset.metainfo['classes']) == load(path_of('rexnet-1.0x', data)).num_classes


def test_cifar_is_read_and_never_downloaded(tmp_path, monkeypatch):
    cfg = load(path_of('rexnet-1.0x', 'cifar10')).train_dataloader.dataset
    with pytest.raises(RuntimeError, match='download=True'):
        build_dataset({**cfg, 'data_root': str(tmp_path)})
    folder = tmp_path / CIFAR10.base_folder
    folder.mkdir()
    for name, _ in CIFAR10.train_list:
        (folder / name).write_bytes(pickle.dumps({'data': [[0] * 3072], 'labels': [3]}))
    monkeypatch.setattr(CIFAR10, '_check_integrity', lambda self: True)
    dataset = build_dataset({**cfg, 'data_root': str(tmp_path)})
    assert len(dataset) == len(CIFAR10.train_list)
    assert dataset[0]['inputs'].shape == (3, 32, 32)
