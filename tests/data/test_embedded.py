"""Embedded data is written where nothing stands in its place, and only there."""

from pathlib import Path

import pytest

from mmchan.data import digits_coco
from mmchan.data.embedded import EMBEDDED, find_embedded, write_absent
from mmchan.findings import FAIL, OK
from tests import coco_data

DIGITS, DIGITS_COCO = EMBEDDED


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(digits_coco, 'COUNTS', coco_data.COUNTS)


@pytest.mark.parametrize('before', ['nothing', 'an empty folder'])
@pytest.mark.parametrize('data', EMBEDDED, ids=lambda data: data.name)
def test_absent_data_is_written_and_said(tmp_path, data, before):
    root = tmp_path / 'deep' / data.name
    if before == 'an empty folder':
        root.mkdir(parents=True)
    finding = write_absent(data, root)
    assert (finding.state, finding.where) == (OK, str(root))
    assert finding.what == f'nothing was there: {data.what} written'
    assert all((root / part).exists() for part in data.parts)
    assert [path.name for path in root.parent.iterdir()] == [data.name]
    assert write_absent(data, root) is None


@pytest.mark.parametrize('kind', ['folder', 'file'])
def test_whatever_stands_there_is_left_alone(tmp_path, kind):
    root = tmp_path / 'digits'
    mine = root / 'mine.txt' if kind == 'folder' else root
    mine.parent.mkdir(exist_ok=True)
    mine.write_text('x')
    assert write_absent(DIGITS, root) is None
    assert mine.read_text() == 'x'
    assert list(mine.parent.iterdir()) == [mine]


def test_place_that_cannot_be_written_is_a_fault(tmp_path):
    (tmp_path / 'data').write_text('a file')
    finding = write_absent(DIGITS, tmp_path / 'data' / 'digits')
    assert finding.state == FAIL
    assert 'cannot be written' in finding.what


def test_missing_library_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__('sys').modules, 'sklearn.datasets', None)
    finding = write_absent(DIGITS, tmp_path / 'digits')
    assert finding.state == FAIL
    assert 'sklearn' in finding.what
    assert 'mmchan doctor' in finding.remedy


@pytest.mark.parametrize(
    ('root', 'kind', 'below', 'found'),
    [
        ('data/digits', 'CustomDataset', ['train'], DIGITS),
        ('/a/digits', 'CustomDataset', ['val'], DIGITS),
        ('data/digits', 'CustomDataset', ['mine'], None),
        ('data/digits', 'CocoDataset', ['train'], None),
        ('data/numbers', 'CustomDataset', ['train'], None),
        ('data/digits-coco', 'CocoDataset', ['annotations/val.json', 'val'], DIGITS_COCO),
        ('data/digits-coco', 'CocoDataset', ['annotations/mine.json', 'val'], None),
        ('data/digits-coco', 'CocoDataset', ['/b/train'], None),
    ],
)
def test_data_set_is_known_by_folder_kind_and_layout(root, kind, below, found):
    paths = [Path(root), *(Path(root, part) for part in below)]
    assert find_embedded(Path(root), kind, paths) is found
