"""What would go wrong silently is an error or a warning before the run, with the fix."""

import copy
import json
import re
import shutil

import pytest
from mmengine.config import Config

from mmchan.checks.annotations import check_annotations
from mmchan.data import coco_file
from mmchan.findings import FAIL, WARN
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


def found(cfg, loaders=LOADERS):
    """State and text of every finding."""
    return [(finding.state, str(finding)) for finding in check_annotations(cfg, loaders)]


def fault(cfg, loaders=LOADERS):
    """The text of the only finding, a fault."""
    ((state, text),) = found(cfg, loaders)
    assert state == FAIL
    return text


def edit(data, split, function):
    """Let a function change every annotation of a split."""
    entries = coco_data.read(data, split)['annotations']
    coco_data.change(data, split, annotations=[{**entry, **function(entry)} for entry in entries])


def test_embedded_data_set_passes(cfg):
    assert found(cfg) == []


def test_other_data_sets_are_left_alone():
    dataset = {'type': 'mmpretrain.CustomDataset', 'data_root': 'absent'}
    assert found(Config({'train_dataloader': {'dataset': dataset}})) == []


def test_file_is_read_once(cfg, monkeypatch):
    read = []
    original = json.loads
    monkeypatch.setattr(coco_file.json, 'loads', lambda text: read.append(len(text)) or original(text))
    cfg.test_dataloader = cfg.val_dataloader
    found(cfg, [*LOADERS, 'test_dataloader'])
    assert len(read) == 2


def test_faults_that_have_nothing_to_do_with_each_other_are_all_reported(cfg, data):
    cfg.model.roi_head.bbox_head.num_classes = 80
    del cfg.val_dataloader.dataset.pipeline[1]
    (data / 'annotations' / 'train.json').write_text('{')
    texts = [text for state, text in found(cfg) if state == FAIL]
    for part in ('bbox_head.num_classes', 'val_dataloader: has no Resize', 'train.json: broken'):
        assert sum(part in text for text in texts) == 1
    assert len(texts) == 3


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('{"images": [', r'train.json: broken: no valid JSON: Expecting value: line 1 column 13.*again'),
        ('[]', "no COCO annotation file: it has no list 'images'"),
        ('{"images": [], "annotations": [], "categories": []}', '"images" is empty'),
        ('{"images": [{"id": 1}], "annotations": [], "categories": []}', "entry 0 of 'images'.*'file_name'"),
        ('{"images": [4], "annotations": [], "categories": []}', "entry 0 of 'images' must be a mapping"),
    ],
    ids=['broken', 'list', 'empty', 'incomplete', 'number'],
)
def test_broken_file_is_named(cfg, data, content, message):
    (data / 'annotations' / 'train.json').write_text(content)
    texts = [text for _, text in found(cfg)]
    assert re.search(message, texts[0])
    assert all('train.json' in text for text in texts)


def test_every_broken_list_of_a_file_is_named(cfg, data):
    content = {'images': [{'id': 1}], 'annotations': [{'id': 7, 'bbox': None}], 'categories': {}}
    (data / 'annotations' / 'train.json').write_text(json.dumps(content))
    texts = [text for _, text in found(cfg)]
    parts = ("'file_name'", "entry 0 of 'annotations' (id 7)", 'annotation 7: "bbox"', "no list 'categories'")
    for part, text in zip(parts, texts, strict=True):
        assert part in text


def test_category_names_that_do_not_match_are_named(cfg):
    cfg.train_dataloader.dataset.metainfo = {'classes': ['zero', *'123456789']}
    assert re.search(r"no category 'zero'.*; set metainfo", fault(cfg))


def test_missing_metainfo_means_the_classes_of_coco(cfg):
    del cfg.train_dataloader.dataset['metainfo']
    assert re.search(r"no category 'person'.*80 of the 80 classes", fault(cfg))


def test_order_of_the_classes_must_be_that_of_the_file(cfg):
    cfg.train_dataloader.dataset.metainfo = {'classes': list('9876543210')}
    assert 'in the order of the file' in fault(cfg)


def test_classes_may_stand_in_a_file(cfg, tmp_path):
    (tmp_path / 'classes.txt').write_text('\n'.join('0123456789'))
    cfg.train_dataloader.dataset.metainfo = {'classes': str(tmp_path / 'classes.txt')}
    assert found(cfg) == []
    cfg.train_dataloader.dataset.metainfo = {'classes': 'absent.txt'}
    assert "no category 'absent.txt'" in fault(cfg)


@pytest.mark.parametrize('head', ['bbox_head', 'mask_head'])
def test_head_for_another_number_of_classes_is_named_once(cfg, head):
    cfg.model.roi_head[head].num_classes = 80
    wanted = f'model.roi_head.{head}.num_classes: is 80, but the data has 10 classes; set it to 10'
    assert wanted in fault(cfg)


def test_heads_of_a_cascade_are_all_checked(cfg):
    head = cfg.model.roi_head.bbox_head
    cfg.model.roi_head.bbox_head = [{**head, 'num_classes': 8}, {**head, 'num_classes': 9}]
    named = [re.search(r'bbox_head\[(\d)\].num_classes: is (\d)', text).groups() for _, text in found(cfg)]
    assert named == [('0', '8'), ('1', '9')]


def test_test_pipeline_without_resize_is_named(cfg):
    del cfg.val_dataloader.dataset.pipeline[1]
    assert re.search(r"val_dataloader: has no Resize.*add dict\(type='Resize'", fault(cfg))


def test_test_pipeline_that_does_not_pack_the_scale_is_named(cfg):
    cfg.val_dataloader.dataset.pipeline[-1].meta_keys = ('img_id', 'img_shape')
    assert "does not pack 'scale_factor'" in fault(cfg)


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
def test_nothing_that_survives_is_a_fault_with_the_reason(cfg, data, function, message):
    edit(data, 'train', function)
    ((text),) = [text for state, text in found(cfg) if state == FAIL]
    assert re.search(f'none of the .* annotations survives loading(.|\n)*{message}', text)


def test_rle_masks_that_the_pipeline_drops_are_a_fault(cfg):
    cfg.train_dataloader.dataset.pipeline[1].poly2mask = False
    assert 'RLE mask, which poly2mask=False drops: remove poly2mask=False' in fault(cfg)


def test_small_images_that_the_filter_drops_are_a_fault(cfg):
    cfg.train_dataloader.dataset.filter_cfg.min_size = 200
    assert 'min_size=200' in fault(cfg)


def test_partly_dropped_annotations_are_counted(cfg, data):
    edit(data, 'train', lambda entry: {'area': 0} if entry['id'] in (2, 5) else {})
    ((state, text),) = found(cfg)
    assert state == WARN
    assert '2 have a box below 1 px or no area' in text


def test_malformed_box_names_the_annotation(cfg, data):
    edit(data, 'train', lambda entry: {'bbox': [1, 2, 3]} if entry['id'] == 7 else {})
    assert 'train.json: annotation 7: "bbox" must be' in fault(cfg)


def test_repeated_id_is_named(cfg, data):
    edit(data, 'train', lambda entry: {'id': 3} if entry['id'] == 4 else {})
    assert 'annotation id 3 occurs more than once' in fault(cfg)


def test_box_outside_its_image_is_a_warning(cfg, data):
    edit(data, 'train', lambda entry: {'bbox': [-50, 0, 20, 20]} if entry['id'] == 3 else {})
    warned = found(cfg)
    assert {state for state, _ in warned} == {WARN}
    assert any('annotation 3: a box outside its image, left out' in text for _, text in warned)


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
def test_training_warns_and_testing_refuses(cfg, data, breaking, message):
    for split in ('train', 'val'):
        breaking(data, split)
    (_, of_train), (_, of_val) = both = found(cfg)
    assert [state for state, _ in both] == [WARN, FAIL]
    assert 'train.json' in of_train
    assert re.search(message, of_val)


def test_folder_without_any_of_the_images_is_named(cfg):
    cfg.train_dataloader.dataset.data_prefix.img = 'annotations/'
    assert re.search(r'none of its 6 images lies in(.|\n)*data_prefix', fault(cfg))


def test_what_is_missing_as_a_whole_is_left_to_the_check_of_the_data(cfg, data):
    shutil.rmtree(data / 'train')
    (data / 'annotations' / 'val.json').unlink()
    assert found(cfg) == []


def test_test_set_without_annotations_passes(cfg, data):
    coco_data.change(data, 'val', annotations=[])
    assert found(cfg, ['val_dataloader']) == []
