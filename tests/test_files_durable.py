"""Files that are on the disk when a function returns, or not there at all."""

import os
import stat

import pytest

from mmchan.errors import InputError
from mmchan.files import UNFINISHED, remove_unfinished, replacing, write_durably


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_file_and_missing_folders_are_written(tmp_path):
    write_durably(tmp_path / 'a' / 'b' / 'file', b'content')
    assert (tmp_path / 'a' / 'b' / 'file').read_bytes() == b'content'
    assert names(tmp_path / 'a' / 'b') == ['file']


def test_existing_file_is_replaced_and_not_written_into(tmp_path):
    (tmp_path / 'file').write_bytes(b'old')
    os.link(tmp_path / 'file', tmp_path / 'same')
    write_durably(tmp_path / 'file', b'new')
    assert (tmp_path / 'file').read_bytes() == b'new'
    assert (tmp_path / 'same').read_bytes() == b'old'


@pytest.mark.parametrize(('mask', 'mode'), [(0o022, 0o644), (0o027, 0o640)])
def test_permissions_are_what_the_umask_leaves(tmp_path, mask, mode):
    before = os.umask(mask)
    try:
        write_durably(tmp_path / 'file', b'')
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / 'file').stat().st_mode) == mode


def test_name_may_be_as_long_as_the_system_allows(tmp_path):
    write_durably(tmp_path / ('n' * 255), b'content')
    assert names(tmp_path) == ['n' * 255]


def test_nothing_is_left_where_a_file_cannot_be_put(tmp_path):
    (tmp_path / 'file' / 'in the way').mkdir(parents=True)
    with pytest.raises(OSError, match='file'):
        write_durably(tmp_path / 'file', b'content')
    assert names(tmp_path) == ['file']


def test_only_our_unfinished_files_are_removed(tmp_path):
    ours = tmp_path / f'{UNFINISHED}0123456789abcdef'
    others = ['.epoch_1.pth-abcd', '.mmchan', 'epoch_1.pth', f'a{UNFINISHED}b']
    for name in (ours.name, *others):
        (tmp_path / name).touch()
    (tmp_path / 'below').mkdir()
    (tmp_path / 'below' / ours.name).touch()
    remove_unfinished(tmp_path)
    assert names(tmp_path) == sorted([*others, 'below'])
    assert names(tmp_path / 'below') == [ours.name]


def test_folder_in_the_place_of_a_file_is_told_and_kept(tmp_path):
    (tmp_path / 'a.json').mkdir()
    with pytest.raises(InputError, match='is a folder; move it away'), replacing(tmp_path / 'a.json') as file:
        file.write_text('{}')
    assert names(tmp_path) == ['a.json']
