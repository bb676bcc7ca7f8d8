"""Downloads arrive whole or not at all, whatever the server does."""

import hashlib
import io
import logging
import multiprocessing
import random

import pytest
from rich.console import Console

from mmchan import progress
from mmchan.channels import InputError
from mmchan.channels.family import named_hash
from mmchan.weights import downloads
from mmchan.weights.downloads import download, fetch
from tests.weights.http_server import serving

CONTENT = random.Random(0).randbytes(3_000_000)  # noqa: S311 (no secret)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
NAMED = f'/models/net-{DIGEST[:8]}.pth'
PLAIN = '/models/net.pth'


@pytest.fixture
def site(monkeypatch, tmp_path):
    """A server with one file under two names, an empty cache, no pauses between attempts."""
    monkeypatch.setattr(downloads, 'FIRST_PAUSE', 0)
    monkeypatch.setenv('TORCH_HOME', str(tmp_path / 'torch'))
    with serving() as site:
        site.files = {NAMED: CONTENT, PLAIN: CONTENT}
        yield site


def names_in(folder):
    """Files of a cache without the records and locks beside them."""
    return sorted(path.name for path in folder.rglob('*.pth*') if path.suffix not in ('.json', '.lock'))


@pytest.mark.parametrize('path', [NAMED, PLAIN])
def test_file_is_downloaded_once(site, tmp_path, path):
    first = fetch(site.root + path)
    assert first.read_bytes() == CONTENT
    assert first.is_relative_to(tmp_path / 'torch')
    assert fetch(site.root + path) == first
    assert len(site.asked) == 1
    assert names_in(tmp_path) == [first.name]


@pytest.mark.parametrize('path', [NAMED, PLAIN])
def test_dropped_connection_is_continued(site, tmp_path, path):
    site.drops = [1_000_000, 500_000]
    assert download(site.root + path, folder=tmp_path).read_bytes() == CONTENT
    assert site.starts == [0, 1_000_000, 1_500_000]


def test_server_without_ranges_starts_again(site, tmp_path):
    site.ranges, site.drops = False, [1_000_000]
    assert download(site.root + PLAIN, folder=tmp_path).read_bytes() == CONTENT
    assert len(site.asked) == 2


def test_given_up_download_is_continued_by_the_next(site, tmp_path):
    site.drops = [100] * downloads.ATTEMPTS
    with pytest.raises(InputError, match='the connection ended after 500 of 3000000 bytes.*kept'):
        download(site.root + PLAIN, folder=tmp_path)
    assert names_in(tmp_path) == ['net.pth.part']
    assert download(site.root + PLAIN, folder=tmp_path).read_bytes() == CONTENT
    assert site.starts[-1] == 500


@pytest.mark.parametrize('path', [NAMED, PLAIN])
def test_file_that_changes_meanwhile_is_not_mixed(site, tmp_path, path):
    site.files[path], site.drops = CONTENT[::-1], [100] * downloads.ATTEMPTS
    with pytest.raises(InputError, match='could not be downloaded'):
        download(site.root + path, folder=tmp_path)
    site.files[path] = CONTENT
    assert download(site.root + path, folder=tmp_path).read_bytes() == CONTENT


def test_pieces_that_do_not_fit_are_thrown_away(site, tmp_path, logged):
    site.drops = [1000] * downloads.ATTEMPTS
    with pytest.raises(InputError, match='could not be downloaded'):
        download(site.root + NAMED, folder=tmp_path)
    part = next(tmp_path.rglob('*.part'))
    part.write_bytes(b'?' * part.stat().st_size)
    assert download(site.root + NAMED, folder=tmp_path).read_bytes() == CONTENT
    assert any('do not fit together' in message for message in logged.messages)


def test_part_longer_than_the_file_is_thrown_away(site, tmp_path):
    path = download(site.root + NAMED, folder=tmp_path)
    path.rename(f'{path}.part')
    site.statuses = [416]
    assert download(site.root + NAMED, folder=tmp_path).read_bytes() == CONTENT
    assert site.starts == [0, len(CONTENT), 0]


@pytest.mark.parametrize('content', [CONTENT[:-1], CONTENT[1:], b''], ids=['truncated', 'other', 'empty'])
def test_wrong_hash_is_refused_and_nothing_is_kept(site, tmp_path, content):
    site.files[NAMED] = content
    with pytest.raises(InputError, match=f'not the file that was published.*, not {DIGEST[:8]}'):
        download(site.root + NAMED, folder=tmp_path)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(('status', 'asked'), [(404, 1), (403, 1), (503, 2)])
def test_server_that_refuses(site, tmp_path, status, asked):
    site.statuses = [status]
    if asked == 1:
        with pytest.raises(InputError, match=rf'/net\.pth: the server answered {status} .*address right'):
            download(site.root + PLAIN, folder=tmp_path)
    else:
        download(site.root + PLAIN, folder=tmp_path)
    assert len(site.asked) == asked


def test_server_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, 'FIRST_PAUSE', 0)
    with serving() as site:
        address = site.root
    with pytest.raises(InputError, match=r'5 attempts: .*refused.*by other means'):
        download(address + PLAIN, folder=tmp_path)


@pytest.mark.parametrize('path', [NAMED, PLAIN])
@pytest.mark.parametrize('damage', [CONTENT[:-7], b'', CONTENT[:-1] + b'?'], ids=['cut', 'empty', 'bit'])
def test_damaged_cache_is_fetched_again(site, tmp_path, logged, path, damage):
    cached = download(site.root + path, folder=tmp_path)
    cached.write_bytes(damage)
    assert download(site.root + path, folder=tmp_path).read_bytes() == CONTENT
    said = [(record.levelno, record.message) for record in logged.records]
    assert (logging.WARNING, f'{cached} is damaged: it is removed and fetched again') in said
    assert len(site.asked) == 2


def test_file_put_into_the_cache_by_hand_is_taken(site, tmp_path, logged):
    cached = download(site.root + PLAIN, folder=tmp_path)
    cached.with_name('net.pth.json').unlink()
    assert download(site.root + PLAIN, folder=tmp_path) == cached
    assert 'by hand' in logged.messages[-1]


def test_urls_do_not_share_a_place(site, tmp_path):
    site.files = {f'/{name}/resolve/main/model.safetensors': name.encode() for name in ('one', 'other')}
    paths = [download(site.root + path, folder=tmp_path) for path in site.files]
    paths.append(download(f'{site.root}/one/resolve/main/model.safetensors?version=2', folder=tmp_path))
    assert [path.read_bytes() for path in paths] == [b'one', b'other', b'one']
    assert len({*paths}) == 3


@pytest.mark.parametrize('url', ['s3://a/b.pth', 'http://host', 'http://host/../b.pth', 'https:///b.pth'])
def test_address_of_no_file_is_refused(tmp_path, url):
    with pytest.raises(InputError, match=r'must be .*http\(s\) address of a file, got'):
        download(url, folder=tmp_path)


@pytest.mark.parametrize(
    ('name', 'digits'),
    [
        ('regnetx-1.6gf_8xb128_in1k_20211213-d1b89758.pth', 'd1b89758'),
        ('efficientnet-lite0-57934424.pth', '57934424'),
        ('model-0a1b.pth', None),
        ('regnetx-400mf.pth', None),
        ('rexnet-20201213.pth', None),
        ('deadbeef.pth', None),
    ],
)
def test_hash_in_a_name(name, digits):
    assert named_hash(name) == digits


def _download_in_process(url, folder):
    return download(url, folder=folder).read_bytes() == CONTENT


def test_processes_at_once_fetch_one_file(site, tmp_path):
    with multiprocessing.get_context('fork').Pool(3) as pool:
        results = pool.starmap(_download_in_process, [(site.root + NAMED, tmp_path)] * 3)
    assert results == [True] * 3
    assert len(site.asked) == 1


def test_log_tells_quarters(site, tmp_path, logged):
    download(site.root + PLAIN, folder=tmp_path)
    lines = logged.messages
    assert lines[0] == 'net.pth: 0.0 MB of 3.0 MB'
    assert lines[-2] == 'net.pth: 3.0 MB of 3.0 MB (100%)'
    assert lines[-1].startswith(f'downloaded {site.root}{PLAIN} to ')
    assert len(lines) <= progress.LINES + 2


def test_terminal_gets_a_bar(site, tmp_path, logged, monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(progress, 'Console', lambda stderr: Console(file=screen, force_terminal=True))
    download(site.root + PLAIN, folder=tmp_path)
    assert '━' in screen.getvalue()
    assert [message for message in logged.messages if message.startswith('net.pth')] == []


def test_folder_and_missing_file_are_named(tmp_path):
    (tmp_path / 'epoch_1.pth').touch()
    with pytest.raises(InputError, match=r'is a folder; name the checkpoint in it \(it holds epoch_1.pth\)'):
        fetch(str(tmp_path))
    with pytest.raises(InputError, match='there is no checkpoint'):
        fetch(str(tmp_path / 'no.pth'))
