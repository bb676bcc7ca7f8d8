"""Broken images are recognised, left out and written down."""

import json
import shutil

import pytest
from mmdet.registry import DATASETS
from mmengine.registry import init_default_scope
from PIL import Image

from mmchan.data.loading import SkipBroken, annotation_problem, image_problem, truncation
from tests import coco_data

LOADING = [
    {'type': 'LoadImageFromFile'},
    {'type': 'LoadAnnotations', 'with_bbox': True, 'with_mask': True},
]


@pytest.fixture(scope='module')
def written(tmp_path_factory):
    return coco_data.write_some(tmp_path_factory.mktemp('data') / 'digits-coco')


@pytest.fixture
def data(written, tmp_path):
    init_default_scope('mmdet')
    return shutil.copytree(written, tmp_path / 'data')


def build(data, report):
    skip = {'type': 'mmchan.SkipBroken', 'transforms': LOADING, 'report': str(report)}
    return DATASETS.build(
        {
            'type': 'CocoDataset',
            'data_root': str(data),
            'ann_file': 'annotations/train.json',
            'data_prefix': {'img': 'train/'},
            'metainfo': {'classes': list('0123456789')},
            'pipeline': [skip],
        }
    )


def reported(report):
    return [json.loads(line) for line in report.read_text().splitlines()]


@pytest.mark.parametrize('suffix', ['.jpg', '.png'])
def test_truncated_image_is_recognised(data, tmp_path, suffix):
    path = tmp_path / f'image{suffix}'
    Image.open(data / 'train' / '000001.jpg').save(path)
    assert truncation(path) == image_problem(path) == ''
    coco_data.truncate(path)
    assert 'truncated' in truncation(path)


def test_truncated_jpeg_with_a_whole_thumbnail_is_recognised(data, tmp_path):
    whole = (data / 'train' / '000001.jpg').read_bytes()
    thumbnail = (data / 'train' / '000002.jpg').read_bytes()
    # an application segment (APP1) with a JPEG inside, right after the start, as cameras write it
    length = (len(thumbnail) + 2).to_bytes(2, 'big')
    path = tmp_path / 'camera.jpg'
    path.write_bytes(whole[:2] + b'\xff\xe1' + length + thumbnail + whole[2:])
    assert image_problem(path) == ''
    path.write_bytes(path.read_bytes()[:-100])
    assert 'truncated' in image_problem(path)


@pytest.mark.parametrize(
    ('content', 'problem'),
    [(None, 'does not exist'), (b'', 'is empty'), (b'no image', 'no image that OpenCV can decode')],
    ids=['missing', 'empty', 'text'],
)
def test_other_broken_files_are_named(tmp_path, content, problem):
    path = tmp_path / 'image.jpg'
    if content is not None:
        path.write_bytes(content)
    assert problem in image_problem(path)


@pytest.mark.parametrize('breaking', ['truncate', 'delete', 'overwrite'])
def test_training_set_gives_another_image_instead(data, tmp_path, breaking):
    image = data / 'train' / '000002.jpg'
    {
        'truncate': coco_data.truncate,
        'delete': lambda path: path.unlink(),
        'overwrite': lambda path: path.write_text('x'),
    }[breaking](image)
    dataset = build(data, tmp_path / 'report')
    assert {dataset[1]['img_path'] for _ in range(5)} <= {
        str(data / f'train/00000{n}.jpg') for n in (1, 3, 4, 5, 6)
    }
    lines = reported(tmp_path / 'report')
    assert len(lines) >= 5
    assert {line['image'] for line in lines} == {str(image)}


def test_mask_of_the_wrong_size_is_not_reshaped(data, tmp_path):
    entries = coco_data.read(data, 'train')['annotations']
    entries[0]['segmentation']['size'] = [80, 320]  # as many pixels: mmdet reshapes it without a word
    coco_data.change(data, 'train', annotations=entries)
    dataset = build(data, tmp_path / 'report')
    assert dataset[0]['img_id'] != 1
    assert 'mask 0 is for 320x80 px, the image has 160x160' in reported(tmp_path / 'report')[0]['reason']


def test_image_of_another_size_than_annotated_is_named():
    results = {'ori_shape': (100, 50), 'height': 160, 'width': 160}
    assert annotation_problem(results) == '50x100 px, but the annotations say 160x160'


def test_whole_images_pass_unchanged(data, tmp_path):
    dataset = build(data, tmp_path / 'report')
    results = dataset[3]
    assert results['img_id'] == 4
    assert len(results['gt_masks']) == len(results['gt_bboxes']) > 0
    assert not (tmp_path / 'report').exists()


def test_errors_of_later_transforms_are_not_hidden(data, tmp_path):
    dataset = build(data, tmp_path / 'report')
    dataset.pipeline.transforms.append(lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        dataset[0]


def test_representation_names_the_transforms():
    assert 'LoadImageFromFile' in repr(SkipBroken([{'type': 'mmcv.LoadImageFromFile'}]))
