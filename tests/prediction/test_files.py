"""Images are found, what is wrong with them is said, what was said about them is written."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmchan.channels import InputError
from mmchan.prediction.files import Result, find_images, predict_files, whole_images
from tests import coco_data
from tests.prediction.pictures import write_photographs


@pytest.fixture(scope='module')
def photographs(tmp_path_factory):
    return write_photographs(tmp_path_factory.mktemp('photographs'))


def test_files_folders_and_patterns_give_every_image_once(photographs, monkeypatch):
    monkeypatch.chdir(photographs)
    china, flower = photographs / 'china.jpg', photographs / 'flower.jpg'
    assert find_images([str(photographs)]) == [china, flower]
    assert find_images([str(photographs / 'f*.jpg'), str(photographs)]) == [flower, china]
    assert [path.name for path in find_images(['china.jpg', './china.jpg', '*.jpg'])] == [
        'china.jpg',
        'flower.jpg',
    ]


@pytest.mark.parametrize(
    ('name', 'message'),
    [
        ('empty', "folder '.*empty' holds no image"),
        ('*.png', r"no file matches '.*\*.png'"),
        ('absent.jpg', "there is no image '.*absent.jpg'"),
    ],
)
def test_names_without_images_are_refused(tmp_path, name, message):
    (tmp_path / 'empty').mkdir()
    with pytest.raises(InputError, match=message):
        find_images([str(tmp_path / name)])


def nothing_found(image):
    return Result({'image': str(image), 'detections': []}, np.zeros((4, 4, 3), np.uint8))


def test_broken_images_are_left_out_and_named(photographs, tmp_path):
    coco_data.truncate(
        Image.open(photographs / 'china.jpg').save(tmp_path / 'cut.jpg') or tmp_path / 'cut.jpg'
    )
    images = [photographs / 'notes.txt', tmp_path / 'cut.jpg', photographs / 'china.jpg']
    whole, broken = whole_images(images)
    assert whole == [photographs / 'china.jpg']
    assert [(path.name, 'truncated' in why) for path, why in broken] == [
        ('notes.txt', False),
        ('cut.jpg', True),
    ]


def test_nothing_but_broken_images_is_an_error(photographs):
    with pytest.raises(InputError, match=r'nothing can be predicted\n.*notes.txt: the file is no image'):
        whole_images([photographs / 'notes.txt'])


def test_images_of_the_same_name_get_drawings_of_their_own(photographs, tmp_path):
    (tmp_path / 'china.jpg').write_bytes((photographs / 'china.jpg').read_bytes())
    said = predict_files([photographs / 'china.jpg', tmp_path / 'china.jpg'], nothing_found, tmp_path / 'out')
    assert [entry['drawing'] for entry in said] == ['china.png', 'china-2.png']


def test_drawings_replace_earlier_ones_and_no_other_picture(photographs, tmp_path):
    for _ in range(2):
        predict_files([photographs / 'china.jpg'], nothing_found, tmp_path)
    (tmp_path / 'china.png').write_bytes((photographs / 'china.jpg').read_bytes())
    with pytest.raises(InputError, match=r'china.png is a picture that was not drawn here'):
        predict_files([photographs / 'china.jpg'], nothing_found, tmp_path)


def test_numbered_names_do_not_meet(photographs, tmp_path):
    names = ('a/china.jpg', 'b/china.jpg', 'c/china-2.jpg')
    for name in names:
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes((photographs / 'china.jpg').read_bytes())
    said = predict_files([tmp_path / name for name in names], nothing_found, tmp_path / 'out')
    assert len({entry['drawing'] for entry in said}) == 3


@pytest.mark.parametrize('out', ['.', '../{name}', 'link'])
def test_drawings_do_not_go_where_the_images_are(photographs, tmp_path, monkeypatch, out):
    image = tmp_path / 'china.png'
    image.write_bytes((photographs / 'china.jpg').read_bytes())
    (tmp_path / 'link').symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        InputError, match=r'is the folder of china.png: drawings could replace .* such as pred'
    ):
        predict_files([image], nothing_found, Path(out.format(name=tmp_path.name)))
    assert image.read_bytes() == (photographs / 'china.jpg').read_bytes()
