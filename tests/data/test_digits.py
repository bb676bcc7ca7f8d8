"""The digits are written whole or not at all, always the same."""

import hashlib

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from mmchan.channels import InputError
from mmchan.data import digits

# of the sorted names of the validation images: the split must not change between versions
SPLIT_HASH = '9c577137eb40cda72d48eca378da58cce52784b57acf075d4647f60c34b0af19'


@pytest.fixture(scope='module')
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp('data') / 'digits'
    assert digits.write_digits(out)
    return out


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob('*.png'))


def test_a_fifth_of_every_class_is_held_out(written):
    assert len(names(written / 'train')) == 1437
    assert len(names(written / 'val')) == 360
    labels = load_digits().target
    held_out = [len(names(written / 'val' / str(label))) for label in range(10)]
    assert held_out == pytest.approx(np.bincount(labels) / 5, abs=1)


def test_split_is_the_same_everywhere(written):
    text = '\n'.join(names(written / 'val'))
    assert hashlib.sha256(text.encode()).hexdigest() == SPLIT_HASH


def test_images_are_those_of_scikit_learn(written):
    images = load_digits().images
    for name in names(written)[::97]:
        image = Image.open(written / name)
        assert (image.mode, image.size) == ('L', (8, 8))
        original = images[int(name[-8:-4])]
        assert np.array_equal(np.asarray(image), np.rint(original * 255 / 16))
        assert load_digits().target[int(name[-8:-4])] == int(name.split('/')[1])


def test_complete_set_is_left_alone(written):
    before = {path: path.stat().st_mtime_ns for path in written.rglob('*')}
    assert not digits.write_digits(written)
    assert {path: path.stat().st_mtime_ns for path in written.rglob('*')} == before


@pytest.mark.parametrize('error', [KeyboardInterrupt, OSError])
def test_interrupted_run_leaves_nothing(tmp_path, monkeypatch, error):
    saved = []

    def save_some(image, path):
        saved.append(path)
        if len(saved) == 100:
            raise error
        path.write_bytes(b'png')

    monkeypatch.setattr(Image.Image, 'save', save_some)
    with pytest.raises(error):
        digits.write_digits(tmp_path / 'digits')
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('content', ['train/0/0000.png', 'notes.txt'], ids=['half a set', 'something else'])
def test_other_content_is_refused_unless_forced(tmp_path, content):
    path = tmp_path / 'digits' / content
    path.parent.mkdir(parents=True)
    path.write_text('x')
    with pytest.raises(InputError, match='does not hold exactly the digits; --force replaces it'):
        digits.write_digits(tmp_path / 'digits')
    assert path.read_text() == 'x'
    assert digits.write_digits(tmp_path / 'digits', force=True)
    assert len(names(tmp_path / 'digits')) == 1797
    assert [path.name for path in tmp_path.iterdir()] == ['digits']


def test_empty_folder_is_filled(tmp_path):
    (tmp_path / 'digits').mkdir()
    assert digits.write_digits(tmp_path / 'digits')


@pytest.mark.parametrize('before', ['nothing', 'an empty folder'])
def test_slower_of_two_processes_leaves_the_other_ones_set_alone(tmp_path, monkeypatch, before):
    out = tmp_path / 'digits'
    if before == 'an empty folder':
        out.mkdir()
    write = digits._write_images

    def let_the_other_be_faster(folder, files):
        write(folder, files)
        monkeypatch.setattr(digits, '_write_images', write)
        assert digits.write_digits(out)

    monkeypatch.setattr(digits, '_write_images', let_the_other_be_faster)
    inode = []
    monkeypatch.setattr(digits, 'is_complete', lambda *args: inode.append(out.stat().st_ino) or True)
    assert not digits.write_digits(out)
    assert inode == [out.stat().st_ino]
    assert len(names(out)) == 1797
    assert [path.name for path in tmp_path.iterdir()] == ['digits']
