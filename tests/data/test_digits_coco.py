"""The embedded COCO data set is whole, exact and always the same."""

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from mmchan.channels import InputError
from mmchan.data import digits, digits_coco
from tests import coco_data


@pytest.fixture(scope='module')
def written(tmp_path_factory):
    return coco_data.write_some(tmp_path_factory.mktemp('data') / 'digits-coco')


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(digits_coco, 'COUNTS', coco_data.COUNTS)


def contents(folder):
    files = (path for path in folder.rglob('*') if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def annotations(folder):
    return [entry for split in coco_data.COUNTS for entry in coco_data.read(folder, split)['annotations']]


def test_second_writing_gives_the_same_bytes(written, tmp_path):
    assert contents(coco_data.write_some(tmp_path / 'again')) == contents(written)


def test_pycocotools_reads_it(written):
    coco = COCO(str(written / 'annotations' / 'train.json'))
    assert len(coco.getImgIds()) == 6
    assert [category['name'] for category in coco.loadCats(coco.getCatIds())] == list('0123456789')
    for image in coco.loadImgs(coco.getImgIds()):
        with Image.open(written / 'train' / image['file_name']) as file:
            assert file.format == 'JPEG'
            assert file.size == (image['width'], image['height'])
        assert coco.getAnnIds(image['id'])


def test_box_and_area_are_those_of_the_visible_mask(written):
    entries = annotations(written)
    assert len(entries) > 20
    for entry in entries:
        mask = coco_mask.decode(entry['segmentation'])
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        sides = columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1
        assert entry['area'] == mask.sum()
        assert entry['bbox'] == [columns[0], rows[0], *sides]


def test_masks_of_an_image_share_no_pixel(written):
    for split, count in coco_data.COUNTS.items():
        entries = coco_data.read(written, split)['annotations']
        for image in range(1, count + 1):
            masks = [coco_mask.decode(e['segmentation']) for e in entries if e['image_id'] == image]
            assert np.sum(masks, axis=0).max() == 1


def test_images_to_validate_show_other_digits():
    train, val = (digits_coco.load_digits_of(split) for split in ('train', 'val'))
    pixels, labels, held_out = digits.load_split()
    assert np.array_equal(train[0], pixels[~held_out])
    assert np.array_equal(val[1], labels[held_out])
    assert len(train[0]) + len(val[0]) == len(pixels) == 1797


def test_digits_hardly_overlap():
    rng = np.random.default_rng(3)
    for _ in range(20):
        taken = []
        for _ in range(6):
            place = digits_coco.free_place(rng, int(rng.integers(*digits_coco.DIGIT_SIZES)), taken)
            taken += [place] if place else []
        area = np.zeros((160, 160), dtype=int)
        for top, left, size in taken:
            area[top : top + size, left : left + size] += 1
        smallest = min(size for *_, size in taken)
        assert (area > 1).sum() <= 0.15 * sum(size**2 for *_, size in taken)
        assert smallest >= digits_coco.DIGIT_SIZES[0]


def test_paint_marks_exactly_the_pixels_that_changed_most():
    scene = digits_coco.compose(
        np.random.default_rng(0), digits_coco.load_digits_of('train'), digits_coco.load_photographs()
    )
    assert scene.image.shape == (160, 160, 3)
    assert scene.image.dtype == np.uint8
    for mask in scene.masks:
        assert mask.shape == (160, 160)
        assert mask.any()


@pytest.mark.usefixtures('few')
def test_whole_folder_is_left_alone_and_another_one_refused(written, tmp_path):
    assert not digits_coco.write_digits_coco(written)
    (tmp_path / 'other').mkdir()
    (tmp_path / 'other' / 'mine.txt').write_text('x')
    with pytest.raises(InputError, match='--force replaces it'):
        digits_coco.write_digits_coco(tmp_path / 'other')
    assert digits_coco.write_digits_coco(tmp_path / 'other', force=True)
    assert contents(tmp_path / 'other') == contents(written)


@pytest.mark.usefixtures('few')
def test_interrupted_writing_leaves_nothing(monkeypatch, tmp_path):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(digits_coco, 'annotation', stop)
    with pytest.raises(KeyboardInterrupt):
        digits_coco.write_digits_coco(tmp_path / 'new')
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures('few')
def test_progress_counts_every_image(tmp_path):
    seen = []

    def progress(numbers):
        for number in numbers:
            seen.append(number)
            yield number

    digits_coco.write_digits_coco(tmp_path / 'new', progress=progress)
    assert seen == list(range(10))
