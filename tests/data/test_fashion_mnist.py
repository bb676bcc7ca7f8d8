"""Fashion-MNIST is written whole from any of its sources, or it is said how to come by it."""

import functools
import gzip
import hashlib
import http.server
import threading

import pytest
from click.testing import CliRunner
from mmpretrain.datasets import FashionMNIST

from mmchan.cli import data
from mmchan.data import fashion_mnist
from mmchan.data.digits import is_complete
from mmchan.data.fashion_mnist import DEBIAN, DIGESTS, write_fashion_mnist
from mmchan.errors import InputError
from mmchan.weights import downloads
from tests.data.idx import write_idx


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A folder with small files that pass for the published ones; one is packed."""
    folder = tmp_path / 'source'
    folder.mkdir()
    contents = write_idx(folder, images=3)
    monkeypatch.setattr(
        fashion_mnist,
        'DIGESTS',
        {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
    )
    packed = folder / 'train-images-idx3-ubyte'
    (folder / f'{packed.name}.gz').write_bytes(gzip.compress(packed.read_bytes()))
    packed.unlink()
    return folder


def test_a_folder_is_copied_unpacked_for_mmpretrain(source, tmp_path):
    out = tmp_path / 'data' / 'fashion-mnist'
    assert write_fashion_mnist(out, source=source) == str(source)
    assert is_complete(out, set(DIGESTS))
    for split, test_mode in (('train', False), ('test', True)):
        assert len(FashionMNIST(str(out), split=split, test_mode=test_mode, download=False)) == 3
    assert write_fashion_mnist(out, source=source) is None


def test_the_system_s_package_is_taken_unasked(source, tmp_path):
    assert write_fashion_mnist(tmp_path / 'out', system=source) == str(source)


def test_a_download_is_checked_and_leaves_nothing_else(source, tmp_path):
    for name in DIGESTS:
        plain = source / name
        if plain.exists():
            (source / f'{name}.gz').write_bytes(gzip.compress(plain.read_bytes()))
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=source)
    handler.log_message = lambda *_: None
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        url = f'http://127.0.0.1:{server.server_port}'
        try:
            assert write_fashion_mnist(tmp_path / 'out', system=tmp_path / 'none', url=url) == url
        finally:
            server.shutdown()
    assert is_complete(tmp_path / 'out', set(DIGESTS))
    assert sorted(path.name for path in tmp_path.iterdir()) == ['out', 'source']


def test_without_a_network_three_ways_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, 'ATTEMPTS', 1)
    with pytest.raises(InputError) as error:
        write_fashion_mnist(tmp_path / 'out', system=tmp_path / 'none', url='http://127.0.0.1:9')
    for way in (
        'could not be downloaded',
        'apt-get install dataset-fashion-mnist',
        '--from FOLDER',
        'network',
    ):
        assert way in str(error.value)
    assert not (tmp_path / 'out').exists()


def test_other_files_are_refused(source, tmp_path):
    damaged = source / 't10k-labels-idx1-ubyte'
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(InputError, match='t10k-labels-idx1-ubyte is not the published file'):
        write_fashion_mnist(tmp_path / 'out', source=source)
    damaged.unlink()
    with pytest.raises(InputError, match='holds neither t10k-labels-idx1-ubyte nor'):
        write_fashion_mnist(tmp_path / 'out', source=source)
    (source / f'{damaged.name}.gz').write_bytes(b'no gzip')
    with pytest.raises(InputError, match='cannot be unpacked'):
        write_fashion_mnist(tmp_path / 'out', source=source)
    assert not (tmp_path / 'out').exists()


def test_something_else_is_not_overwritten(source, tmp_path):
    out = tmp_path / 'out'
    out.mkdir()
    (out / 'mine').touch()
    with pytest.raises(InputError, match='does not hold exactly Fashion-MNIST; --force replaces it'):
        write_fashion_mnist(out, source=source)
    arguments = ['fashion-mnist', '--out', str(out), '--from', str(source)]
    printed = CliRunner().invoke(data.command, [*arguments, '--force'], catch_exceptions=False).output
    assert printed.startswith(f'wrote from {source}')
    assert is_complete(out, set(DIGESTS))
    assert (
        CliRunner().invoke(data.command, arguments, catch_exceptions=False).output.startswith('already there')
    )


@pytest.mark.slow
@pytest.mark.skipif(not DEBIAN.is_dir(), reason='needs the Debian package dataset-fashion-mnist')
def test_debian_s_files_are_the_published_ones(tmp_path):
    assert write_fashion_mnist(tmp_path / 'out') == str(DEBIAN)
    assert len(FashionMNIST(str(tmp_path / 'out'), split='test', test_mode=True, download=False)) == 10_000
