"""What would go wrong silently is an error or a warning before the run, with the fix."""

import copy
import json
import shutil

import pytest
from mmengine.config import Config

from mmchan.channels import InputError
from mmchan.checks import annotations as annotation_check
from mmchan.checks.annotations import check_annotations
from mmchan.data import coco_file
from mmchan.runs.config import load_config
from tests import coco_data
from tests.cli.command_lines import ROOT

LOADERS = ['train_dataloader', 'val_dataloader']


@pytest.fixture(scope='module')
def written(tmp_path_factory):
    return coco_data.write_some(tmp_path_factory.mktemp('data') / 'digits-coco')


@pytest.fixture
def data(written, tmp_path):
    return shutil.copytree(written, tmp_path / 'data')


@pytest.fixture(scope='module')
def shipped():
    return load_config(ROOT / coco_data.MASK_RCNN)


@pytest.fixture
def cfg(shipped, data):
    cfg = copy.deepcopy(shipped)
    for name in LOADERS:
        cfg[name].dataset.data_root = str(data)
    return cfg


@pytest.fixture
def warned(monkeypatch):
    messages = []
    monkeypatch.setattr(annotation_check, 'print_log', lambda text, **_: messages.append(text))
    return messages


def edit(data, split, function):
    """Let a function change every annotation of a split."""
    entries = coco_data.read(data, split)['annotations']
    coco_data.change(data, split, annotations=[{**entry, **function(entry)} for entry in entries])


def test_embedded_data_set_passes(cfg, warned):
    check_annotations(cfg, LOADERS)
    assert warned == []


def test_other_data_sets_are_left_alone():
    dataset = {'type': 'mmpretrain.CustomDataset', 'data_root': 'absent'}
    check_annotations(Config({'train_dataloader': {'dataset': dataset}}), LOADERS)


def test_file_is_read_once(cfg, monkeypatch):
    read = []
    original = json.loads
    monkeypatch.setattr(coco_file.json, 'loads', lambda text: read.append(len(text)) or original(text))
    cfg.test_dataloader = cfg.val_dataloader
    check_annotations(cfg, [*LOADERS, 'test_dataloader'])
    assert len(read) == 2


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('{"images": [', r'train.json is broken: no valid JSON: Expecting value: line 1 column 13'),
        ('[]', "no COCO annotation file: it has no list 'images'"),
        ('{"images": [], "annotations": [], "categories": []}', '"images" is empty'),
        ('{"images": [{"id": 1}], "annotations": [], "categories": []}', "entry 0 of 'images'.*'file_name'"),
    ],
    ids=['broken', 'list', 'empty', 'incomplete'],
)
def test_broken_file_is_named(cfg, data, content, message):
    (data / 'annotations' / 'train.json').write_text(content)
    with pytest.raises(InputError, match=message):
        check_annotations(cfg, LOADERS)


def test_category_names_that_do_not_match_are_named(cfg):
    cfg.train_dataloader.dataset.metainfo = {'classes': ['zero', *'123456789']}
    with pytest.raises(InputError, match=r"no category 'zero'(.|\n)*set metainfo"):
        check_annotations(cfg, LOADERS)


def test_missing_metainfo_means_the_classes_of_coco(cfg):
    del cfg.train_dataloader.dataset['metainfo']
    with pytest.raises(InputError, match=r"no category 'person'(.|\n)*80 of the 80 classes"):
        check_annotations(cfg, LOADERS)


def test_order_of_the_classes_must_be_that_of_the_file(cfg):
    cfg.train_dataloader.dataset.metainfo = {'classes': list('9876543210')}
    with pytest.raises(InputError, match='in the order of the file'):
        check_annotations(cfg, LOADERS)


@pytest.mark.parametrize('head', ['bbox_head', 'mask_head'])
def test_head_for_another_number_of_classes_is_named(cfg, head):
    cfg.model.roi_head[head].num_classes = 80
    with pytest.raises(InputError, match=rf'model.roi_head.{head}.num_classes is 80, but the data has 10'):
        check_annotations(cfg, LOADERS)


def test_heads_of_a_cascade_are_all_checked(cfg):
    head = cfg.model.roi_head.bbox_head
    cfg.model.roi_head.bbox_head = [head, {**head, 'num_classes': 9}]
    with pytest.raises(InputError, match=r'bbox_head\[1\].num_classes is 9'):
        check_annotations(cfg, LOADERS)


def test_test_pipeline_without_resize_is_named(cfg):
    del cfg.val_dataloader.dataset.pipeline[1]
    with pytest.raises(InputError, match=r"val_dataloader has no Resize(.|\n)*add dict\(type='Resize'"):
        check_annotations(cfg, LOADERS)


def test_test_pipeline_that_does_not_pack_the_scale_is_named(cfg):
    cfg.val_dataloader.dataset.pipeline[-1].meta_keys = ('img_id', 'img_shape')
    with pytest.raises(InputError, match="does not pack 'scale_factor'"):
        check_annotations(cfg, LOADERS)


@pytest.mark.parametrize(
    ('function', 'message'),
    [
        (lambda entry: {'iscrowd': 1}, 'marked as crowds'),
        (lambda entry: {'image_id': 999}, '"images" does not list'),
        (lambda entry: {'category_id': 99}, 'metainfo does not name'),
        (lambda entry: {'bbox': [500, 500, 9, 9]}, 'outside their image'),
        (lambda entry: {'bbox': [0.1, 0.1, 0.5, 0.5]}, 'not shares of the image'),
        (lambda entry: {'segmentation': None}, 'no valid mask'),
        (lambda entry: {'segmentation': [[1, 2]]}, 'no valid mask'),
    ],
    ids=['crowd', 'image', 'category', 'outside', 'relative', 'no mask', 'short polygon'],
)
def test_nothing_that_survives_is_an_error_with_the_reason(cfg, data, function, message):
    edit(data, 'train', function)
    with pytest.raises(InputError, match=f'none of the .* annotations survives loading(.|\n)*{message}'):
        check_annotations(cfg, LOADERS)


def test_rle_masks_that_the_pipeline_drops_are_an_error(cfg):
    cfg.train_dataloader.dataset.pipeline[1].poly2mask = False
    with pytest.raises(InputError, match='RLE mask, which poly2mask=False drops: remove poly2mask=False'):
        check_annotations(cfg, LOADERS)


def test_small_images_that_the_filter_drops_are_an_error(cfg):
    cfg.train_dataloader.dataset.filter_cfg.min_size = 200
    with pytest.raises(InputError, match='min_size=200'):
        check_annotations(cfg, LOADERS)


def test_partly_dropped_annotations_are_counted(cfg, data, warned):
    edit(data, 'train', lambda entry: {'area': 0} if entry['id'] in (2, 5) else {})
    check_annotations(cfg, LOADERS)
    assert len(warned) == 1
    assert '2 have a box below 1 px or no area' in warned[0]


def test_malformed_box_names_the_annotation(cfg, data):
    edit(data, 'train', lambda entry: {'bbox': [1, 2, 3]} if entry['id'] == 7 else {})
    with pytest.raises(InputError, match=r'train.json: annotation 7: "bbox" must be'):
        check_annotations(cfg, LOADERS)


def test_repeated_id_is_named(cfg, data):
    edit(data, 'train', lambda entry: {'id': 3} if entry['id'] == 4 else {})
    with pytest.raises(InputError, match='annotation id 3 occurs more than once'):
        check_annotations(cfg, LOADERS)


def outside(data, split):
    edit(data, split, lambda entry: {'bbox': [-50, 0, 20, 20]} if entry['id'] == 3 else {})


def test_box_outside_its_image_is_a_warning(cfg, data, warned):
    outside(data, 'train')
    check_annotations(cfg, LOADERS)
    assert any('annotation 3: a box outside its image, left out' in message for message in warned)


def delete_image(data, split):
    (data / split / '000002.jpg').unlink()


def resize_mask(data, split):
    def size(entry):
        wrong = {'segmentation': {**entry['segmentation'], 'size': [80, 320]}}
        return wrong if entry['id'] == 3 else {}

    edit(data, split, size)


@pytest.mark.parametrize(
    ('breaking', 'message'),
    [
        (delete_image, '1 of . images do not exist: .*000002.jpg'),
        (resize_mask, r'annotation 3: an RLE .*\[80, 320\]'),
    ],
    ids=['image', 'mask'],
)
def test_training_warns_and_testing_refuses(cfg, data, warned, breaking, message):
    breaking(data, 'train')
    check_annotations(cfg, LOADERS)
    assert len(warned) == 1
    breaking(data, 'val')
    with pytest.raises(InputError, match=message):
        check_annotations(cfg, LOADERS)


def test_folder_without_any_of_the_images_is_named(cfg):
    cfg.train_dataloader.dataset.data_prefix.img = 'annotations/'
    with pytest.raises(InputError, match=r'none of its 6 images lies in(.|\n)*data_prefix'):
        check_annotations(cfg, LOADERS)


def test_test_set_without_annotations_passes(cfg, data):
    coco_data.change(data, 'val', annotations=[])
    check_annotations(cfg, ['val_dataloader'])
