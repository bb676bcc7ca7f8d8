"""Before a run embedded data is written, and everything that is wrong is said at once."""

import copy
import functools
import operator

import pytest

from mmchan.channels import InputError
from mmchan.data import digits_coco
from mmchan.findings import OK, WARN
from mmchan.runs.config import load_config
from mmchan.runs.preparation import examine_data, loaders_of, prepare, tell
from tests import coco_data
from tests.cli.command_lines import DIGITS, ROOT

LOADERS = ['train_dataloader', 'val_dataloader']
IN1K = 'configs/regnet/regnetx-400mf_8xb128_in1k.py'
TOP_KEYS = ('model', 'train_dataloader', 'data_preprocessor', 'load_from', 'train_dataloader.dataset')
DATASET_KEYS = ('type', 'data_root', 'ann_file', 'data_prefix', 'metainfo', 'filter_cfg', 'pipeline')


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(digits_coco, 'COUNTS', coco_data.COUNTS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope='module')
def detector():
    return load_config(ROOT / coco_data.MASK_RCNN)


@pytest.fixture
def cfg(detector):
    return copy.deepcopy(detector)


@pytest.mark.parametrize(
    ('path', 'folder'), [(DIGITS, 'digits'), (ROOT / coco_data.MASK_RCNN, 'digits-coco')]
)
def test_embedded_data_is_written_once_where_the_config_looks_for_it(path, folder, place):
    (finding,) = prepare(load_config(path), LOADERS)
    assert (finding.state, finding.where) == (OK, f'data/{folder}')
    assert (place / 'data' / folder / 'val').is_dir()
    assert prepare(load_config(path), LOADERS) == []


def test_folder_that_holds_something_else_is_left_alone_and_reported(place):
    (place / 'data' / 'digits' / 'mine').mkdir(parents=True)
    with pytest.raises(InputError, match=r'(?s)data/digits/train does not exist.*mmchan data digits --out'):
        prepare(load_config(DIGITS), LOADERS)
    assert [path.name for path in (place / 'data' / 'digits').iterdir()] == ['mine']


def test_other_data_is_never_written(place):
    with pytest.raises(InputError, match='data/imagenet does not exist'):
        prepare(load_config(ROOT / IN1K), LOADERS)
    assert list(place.iterdir()) == []


def test_all_faults_are_said_at_once_and_warnings_are_not_lost(cfg, place, logged):
    data = coco_data.write_some(place / 'data' / 'digits-coco')
    (data / 'train' / '000002.jpg').unlink()
    cfg.model.roi_head.bbox_head.num_classes = 80
    del cfg.val_dataloader.dataset.pipeline[1]
    cfg.test_dataloader.dataset.data_root = 'gone'
    with pytest.raises(InputError) as caught:
        prepare(cfg, [*LOADERS, 'test_dataloader'])
    first, *others = str(caught.value).splitlines()
    assert first == '3 things are to be mended:'
    text = '\n'.join(others)
    for part in ('gone does not exist', ': is 80, but the data has 10', 'val_dataloader: has no Resize'):
        assert text.count(part) == 1
    assert any('1 of 6 images do not exist' in message for message in logged.messages)


def test_warnings_are_kept_for_the_log_of_the_run(cfg, place, logged):
    data = coco_data.write_some(place / 'data' / 'digits-coco')
    (data / 'train' / '000002.jpg').unlink()
    url = 'https://dl.fbaipublicfiles.com/pycls/dds_baselines/1/RegNetX-400MF_dds_8gpu.pyth'
    cfg.load_from, cfg.model.data_preprocessor.bgr_to_rgb = url, True
    findings = prepare(cfg, LOADERS)
    assert logged.messages == []
    tell(findings)
    assert [finding.state for finding in findings] == [WARN, WARN]
    assert '1 of 6 images do not exist' in logged.messages[0]
    assert 'expects images in BGR' in logged.messages[1]


def test_fault_in_the_config_stops_before_anything_is_written(place):
    options = {'optim_wraper': 3, 'model.backbone.dpeth': 50}
    cfg = load_config(DIGITS, options)
    with pytest.raises(InputError, match='(?s)^2 things.*--no-strict') as caught:
        prepare(cfg, LOADERS, cfg_options=options)
    for key in options:
        assert f'- {key} (--cfg-options {key}): ' in str(caught.value)
    assert list(place.iterdir()) == []


def test_without_strictness_faults_in_the_config_are_warnings(place):
    findings = prepare(load_config(DIGITS, {'optim_wraper': 3}), LOADERS, strict=False)
    (warning,) = [finding for finding in findings if finding.state == WARN]
    assert warning.where.startswith('optim_wraper')


@pytest.mark.parametrize(
    ('purpose', 'loaders'),
    [('train', LOADERS), ('test', ['test_dataloader']), ('all', [*LOADERS, 'test_dataloader'])],
)
def test_loaders_of_what_is_run(cfg, purpose, loaders):
    assert loaders_of(cfg, purpose) == loaders
    cfg.val_cfg = cfg.val_dataloader = None
    assert loaders_of(cfg, purpose) == [name for name in loaders if name != 'val_dataloader']


@pytest.mark.parametrize('key', [*TOP_KEYS, *(f'train_dataloader.dataset.{key}' for key in DATASET_KEYS)])
def test_checks_of_the_data_survive_values_of_any_kind(detector, key):
    *parents, last = key.split('.')
    for value in (None, 7, 'text', [], {}, [{'type': 'Pretrained'}]):
        cfg = copy.deepcopy(detector)
        node = functools.reduce(operator.getitem, parents, cfg)
        node[last] = value
        examine_data(cfg, LOADERS)
