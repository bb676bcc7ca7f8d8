"""No byte of a checkpoint changes unnoticed; what is whole is never refused."""

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, safe_open, save_file

from mmchan.channels import InputError
from mmchan.files import sha256
from mmchan.weights.archives import DamagedError, check_archive
from mmchan.weights.checkpoints import read_checkpoint, read_state_dict, write_checkpoint
from mmchan.weights.downloads import download
from mmchan.weights.verification import verify
from tests.weights.http_server import serving

# one storage is empty; one begins like a part of an archive, and torch takes it for one
MARK = torch.frombuffer(bytearray(b'PK\x07\x08 and so on..'), dtype=torch.uint8)
WEIGHTS = {'w': torch.arange(90.0), 'none': torch.zeros(0), 'mark': MARK, 'b': torch.ones(3)}


def saved(**options):
    """What torch.save writes."""
    out = io.BytesIO()
    torch.save(WEIGHTS, out, **options)
    return out.getvalue()


@pytest.fixture
def without_checksums():
    """torch writes none."""
    torch.serialization.set_crc32_options(False)
    yield
    torch.serialization.set_crc32_options(True)


@pytest.fixture
def path(tmp_path):
    """A file of torch.save, given a path as most call it."""
    torch.save(WEIGHTS, tmp_path / 'net.pth')
    return tmp_path / 'net.pth'


def refused(content):
    """Why an archive is refused, or ''."""
    try:
        check_archive(io.BytesIO(content))
    except DamagedError as error:
        return str(error)
    return ''


def flipped(content, place):
    """A content with one bit of a byte turned."""
    return content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :]


def test_every_byte_of_an_archive_counts(path):
    content = path.read_bytes()
    assert refused(content) == ''
    assert [place for place in range(len(content)) if not refused(flipped(content, place))] == []


def test_every_length_of_an_archive_counts(path):
    content = path.read_bytes()
    assert [end for end in range(len(content)) if not refused(content[:end])] == []
    assert 'something was added behind its end' in refused(content + b'\n')


def test_every_byte_of_our_safetensors_counts(tmp_path):
    path = tmp_path / 'net.safetensors'
    write_checkpoint(path, WEIGHTS, meta={'epoch': 3})
    content = path.read_bytes()
    verify(path)
    for place in range(len(content)):
        path.write_bytes(flipped(content, place))
        with pytest.raises(InputError, match=r'net.safetensors .*(damaged|cut off).*older checkpoint'):
            verify(path)


@pytest.mark.parametrize(
    ('content', 'said'),
    [
        (
            lambda whole: flipped(whole, whole.index(bytes(WEIGHTS['w'].numpy())) + 200),
            r"entry 'net/data/0' is not what",
        ),
        (lambda whole: whole.replace(b'Z' * 9, b'Z' * 8 + b'Y', 1), r'header of entry .*\(byte \d+\)'),
        (lambda whole: whole[:-9], 'the list of entries at its end is missing'),
        (lambda whole: b'\x80' + whole[1:], r"header of entry 'net/data.pkl' .*\(byte 0\)"),
    ],
    ids=['content', 'padding', 'cut', 'beginning'],
)
def test_damage_is_said_with_its_place(path, content, said):
    path.write_bytes(content(path.read_bytes()))
    with pytest.raises(InputError, match=f'^{path} is cut off or damaged: .*{said}.* Fetch or save it again'):
        read_checkpoint(str(path))


def test_file_that_cannot_be_read_is_said(tmp_path):
    with pytest.raises(InputError, match=r'no\.pth cannot be read: No such file or directory\. Fetch'):
        verify(tmp_path / 'no.pth')


def rezipped(path, *, method=zipfile.ZIP_STORED, keep=False):
    """Pack an archive again, as scripts do; ``keep`` what zipfile read of an entry."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as old, zipfile.ZipFile(path, 'w', method) as new:
        for entry in old.infolist():
            new.writestr(entry if keep else entry.filename, old.read(entry), compress_type=method)


def with_zip(path, *options):
    """Change an archive with Info-ZIP."""
    if not shutil.which('zip'):
        pytest.skip('needs the program zip')
    subprocess.run(['zip', '-q', *options], cwd=path.parent, check=True)


def appended(path, *, comment=b''):
    """Add a file or a comment to an archive."""
    with zipfile.ZipFile(path, 'a') as archive:
        archive.comment = comment
        if not comment:
            archive.writestr('net/extra/note.txt', 'mine')


OTHERS = {
    'stored': rezipped,
    'deflated': lambda path: rezipped(path, method=zipfile.ZIP_DEFLATED),
    'stored as it was': lambda path: rezipped(path, keep=True),
    'deflated as it was': lambda path: rezipped(path, method=zipfile.ZIP_DEFLATED, keep=True),
    'appended': appended,
    'comment': lambda path: appended(path, comment=b'mine'),
    'entry removed by zip': lambda path: with_zip(path, '-d', path.name, 'net/.format_version'),
}


@pytest.mark.parametrize('change', OTHERS)
def test_archive_of_another_program_loads_and_is_checked(path, change):
    OTHERS[change](path)
    loaded = read_checkpoint(str(path))
    assert all(torch.equal(loaded[key], WEIGHTS[key]) for key in WEIGHTS)
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        inside = archive.getinfo('net/data/0').header_offset + 150
    assert "'net/data/0'" in refused(flipped(content, inside))


def test_torchscript_is_checked_too(tmp_path):
    torch.jit.save(torch.jit.trace(torch.nn.Linear(2, 2), torch.ones(1, 2)), tmp_path / 'net.pth')
    verify(tmp_path / 'net.pth')
    with zipfile.ZipFile(tmp_path / 'net.pth') as archive:
        packed = [entry for entry in archive.infolist() if entry.compress_type]
    content = (tmp_path / 'net.pth').read_bytes()
    place = packed[0].header_offset + 30 + len(packed[0].filename) + 64 + packed[0].compress_size // 2
    assert 'the content of' in refused(flipped(content, place))


@pytest.mark.usefixtures('without_checksums')
def test_archive_without_checksums_loads_with_a_warning(path, logged):
    torch.save(WEIGHTS, path)
    read_checkpoint(str(path))
    assert [f'{path} was saved without checksums' in message for message in logged.messages] == [True]
    path.write_bytes(path.read_bytes().replace(b'Z' * 9, b'Z' * 8 + b'Y', 1))
    with pytest.raises(InputError, match='header of entry'):
        read_checkpoint(str(path))


@pytest.mark.usefixtures('without_checksums')
def test_hash_in_the_name_stands_in_for_checksums(path, logged):
    torch.save(WEIGHTS, path)
    named = path.rename(path.with_name(f'net-{sha256(path)[:8]}.pth'))
    read_checkpoint(str(named))
    assert logged.messages == []
    content = named.read_bytes()
    named.write_bytes(flipped(content, content.index(bytes(WEIGHTS['w'].numpy())) + 200))
    with pytest.raises(InputError, match='not the file that its name or its download stands for'):
        read_checkpoint(str(named))


def test_whole_file_under_a_published_name_is_read_with_a_warning(tmp_path, logged):
    """MMEngine names what it publishes by the hash of a pickle that is nowhere."""
    path = tmp_path / 'epoch_3-ea4938fc.pth'
    path.write_bytes(saved())
    read_checkpoint(str(path))
    assert 'is not the file that was published, if its name stands for one' in logged.messages[-1]


def test_other_file_under_a_published_name_is_told_how_to_go_on(tmp_path):
    path = tmp_path / 'resnet50_8xb32_in1k_20210831-ea4938fc.pth'
    path.write_bytes(saved(_use_new_zipfile_serialization=False))
    said = (
        f'its SHA-256 begins with {sha256(path)[:8]}, not ea4938fc. Fetch it again; or, .*tuning, rename it'
    )
    with pytest.raises(InputError, match=f'^{path} is not the file .*{said}'):
        read_checkpoint(str(path))
    read_checkpoint(str(path.rename(tmp_path / 'mine.pth')))


def test_eight_digits_may_be_a_count(tmp_path, logged):
    path = tmp_path / 'step-00010000.pth'
    path.write_bytes(saved())
    read_checkpoint(str(path))
    assert 'if its name stands for one: its SHA-256 begins with' in logged.messages[-1]


def test_whole_file_of_the_old_format_is_read_as_before(tmp_path, logged):
    path = tmp_path / 'old.pth'
    path.write_bytes(saved(_use_new_zipfile_serialization=False))
    assert torch.equal(read_state_dict(str(path))['w'], WEIGHTS['w'])
    assert logged.messages == []


@pytest.mark.parametrize('note', [None, '[]', 'no JSON', '{"sha256": 3}'])
def test_downloaded_file_is_held_to_its_note_also_by_path(tmp_path, note):
    content = saved(_use_new_zipfile_serialization=False)
    with serving() as site:
        site.files = {'/net.pth': content}
        path = download(f'{site.root}/net.pth', folder=tmp_path)
    verify(path)
    path.write_bytes(flipped(content, len(content) - 9))
    if note is None:
        with pytest.raises(InputError, match='not the file that its name or its download stands for'):
            verify(path)
    else:  # somebody's own file of that name
        Path(f'{path}.json').write_text(note)
        verify(path)


def test_file_that_is_damaged_at_its_source_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    content = saved()
    with serving() as site:
        site.files = {'/net.pth': flipped(content, content.index(bytes(WEIGHTS['w'].numpy())))}
        with pytest.raises(InputError, match="content of entry 'archive/data/0'"):
            read_checkpoint(f'{site.root}/net.pth')


def test_safetensors_of_others_load(tmp_path):
    save_file(WEIGHTS, tmp_path / 'theirs.safetensors', metadata={'sha256': '0' * 64})
    assert torch.equal(read_checkpoint(str(tmp_path / 'theirs.safetensors'))['w'], WEIGHTS['w'])


def test_safetensors_that_were_changed_under_our_digest_say_what_to_remove(tmp_path):
    path = tmp_path / 'net.safetensors'
    write_checkpoint(path, WEIGHTS)
    with safe_open(path, 'pt') as file:
        noted = file.metadata()
    save_file({**load_file(path), 'w': torch.zeros(90)}, path, metadata=noted)
    with pytest.raises(InputError, match=r"another program changed its tensors .* remove 'mmchan_digest'"):
        read_checkpoint(str(path))
