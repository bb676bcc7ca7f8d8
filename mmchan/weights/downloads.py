"""Checkpoints from the net: resumed, verified, cached, and whole wherever they stand."""

import hashlib
import http.client
import json
import logging
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlparse

import torch
from filelock import FileLock, Timeout
from mmengine.logging import print_log
from mmengine.runner.checkpoint import get_external_models

from mmchan import __version__
from mmchan.channels.family import named_hash
from mmchan.errors import InputError, require, require_known
from mmchan.files import CHUNK, refuse_folder, replacing, sha256
from mmchan.progress import transfer
from mmchan.weights.catalogue import published

ATTEMPTS = 5
FIRST_PAUSE = 0.5  # seconds before the second attempt; doubled before each that follows
TIMEOUT = 30  # seconds without a byte
RANGE_REFUSED = 416
PASSING = (RANGE_REFUSED, 408, 425, 429, 500, 502, 503, 504)  # statuses after which asking again may help
DROPPED = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError)


def fetch(checkpoint: str) -> Path:
    """The local file of a checkpoint; a URL is downloaded once into torch's cache.

    Args:
        checkpoint: A path, a URL or 'open-mmlab://NAME'.

    Raises:
        InputError: For a file that does not exist, an unknown name, a download that fails.
    """
    url = checkpoint
    if checkpoint.startswith('open-mmlab://'):
        models = get_external_models()
        name = checkpoint.removeprefix('open-mmlab://')
        require_known(name, models, 'open-mmlab:// checkpoint')
        url = models[name]
    if '://' in url:
        return download(url)
    path = Path(checkpoint).expanduser()
    refuse_folder(path)
    if not path.is_file():
        raise InputError(f'there is no checkpoint {checkpoint!r}')
    return path


def download(url: str, *, folder: Path | None = None) -> Path:
    """Download a file once.

    An interrupted download is continued where it stopped. Where a hash of the file is published, in its
    name or in a family's record, the content is checked against it; a cached file is checked against what
    was downloaded, and fetched again where it was damaged. Processes that want the same file wait for the
    one that fetches it.

    Args:
        url: Address of the file, http or https.
        folder: Where files are kept; torch's cache by default.

    Returns:
        The file, below ``folder`` under its host and path.

    Raises:
        InputError: For an address without a file, a server that refuses or cannot be reached, a
            content that is not the promised one.
    """
    path = _place_of(url, folder or _cache())
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path):
        if not _is_cached(url, path):
            _download(url, path)
    return path


def downloaded(url: str, *, folder: Path | None = None) -> Path | None:
    """The file of a URL where it was downloaded before, else None; asks nobody.

    Args:
        url: As for :func:`download`.
        folder: As for :func:`download`.
    """
    path = _place_of(url, folder or _cache())
    return path if path.is_file() else None


def _cache() -> Path:
    return Path(torch.hub.get_dir(), 'checkpoints')


def _place_of(url: str, folder: Path) -> Path:
    """Where a URL is kept: no two URLs share a place."""
    address = urlparse(url)
    parts = PurePosixPath(unquote(address.path)).parts[1:]
    valid = address.scheme in ('http', 'https') and address.netloc and parts and '..' not in parts
    require(bool(valid), 'checkpoint', 'a path, open-mmlab://NAME, or the http(s) address of a file', url)
    version = [hashlib.sha256(address.query.encode()).hexdigest()[:8]] if address.query else []
    return folder.joinpath(address.netloc.replace(':', '_'), *version, *parts)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a file's lock; it is released also when the process dies."""
    lock = FileLock(f'{path}.lock')
    try:
        lock.acquire(timeout=0)
    except Timeout:
        _say(f'waiting for another process that downloads {path.name}')
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _say(message: str, level: int = logging.INFO) -> None:
    print_log(message, logger='current', level=level)


def _is_cached(url: str, path: Path) -> bool:
    """Whether the file is there as it was downloaded; a damaged one is removed."""
    if not path.is_file():
        return False
    promised = _read_record(path).get('sha256') or _promised(url)
    if not promised:
        _say(f'{path} was put there by hand: nothing tells whether it is whole', logging.WARNING)
    elif not sha256(path).startswith(promised):
        _say(f'{path} is damaged: it is removed and fetched again', logging.WARNING)
        path.unlink()
        return False
    return True


def known_hash(path: Path) -> tuple[str, bool]:
    """What the SHA-256 of a local file must begin with, and whether its download's note says it.

    Else its name does, or nothing, which gives ''.
    """
    try:
        noted = _read_record(path)
    except ValueError:  # somebody's own file of that name
        noted = None
    ours = isinstance(noted, dict) and noted.keys() == {'url', 'sha256'}
    return (noted['sha256'], True) if ours else (named_hash(path.name) or '', False)


def _record_path(path: Path) -> Path:
    return path.with_name(f'{path.name}.json')


def _read_record(path: Path) -> dict:
    """What was noted beside a file: of a whole one its SHA-256, of a partial one its version."""
    record = _record_path(path)
    return json.loads(record.read_text(encoding='utf-8')) if record.is_file() else {}


def _write_record(path: Path, content: dict) -> None:
    with replacing(_record_path(path)) as unfinished:
        unfinished.write_text(json.dumps(content), encoding='utf-8')


def _promised(url: str) -> str:
    """What the SHA-256 of a URL's file must begin with; empty where nobody says."""
    known = next((one.digits for one in published().values() if one.url == url), None)
    return known or named_hash(url.partition('?')[0]) or ''


def _download(url: str, path: Path) -> None:
    """Transfer a file to beside its place, check it, note its hash and move it there."""
    part = path.with_name(f'{path.name}.part')
    promised = _promised(url)
    continued = _transfer(url, part)
    if continued and not sha256(part).startswith(promised):
        _say(f'the pieces of {path.name} do not fit together: starting again', logging.WARNING)
        part.unlink()
        _transfer(url, part)
    digest = sha256(part)
    if not digest.startswith(promised):
        part.unlink()
        raise InputError(
            f'{url} is not the file that was published: its SHA-256 begins with '
            f'{digest[: len(promised)]}, not {promised}. It was damaged or replaced at its source'
        )
    _write_record(path, {'url': url, 'sha256': digest})
    part.replace(path)
    _record_path(part).unlink()
    _say(f'downloaded {url} to {path}')


def _transfer(url: str, part: Path) -> bool:
    """Fill ``part`` from a URL, asking again where the connection drops.

    Returns:
        Whether ``part`` is made of several pieces.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _receive(url, part)
        except urllib.error.HTTPError as error:
            reason = f'the server answered {error.code} {error.reason}'
            if error.code not in PASSING:
                raise InputError(f'{url}: {reason}; is the address right?') from error
            if error.code == RANGE_REFUSED:
                part.unlink(missing_ok=True)
        except DROPPED as error:
            reason = str(getattr(error, 'reason', error)) or type(error).__name__
        if attempt < ATTEMPTS:
            _say(f'{url}: {reason}; attempt {attempt + 1} of {ATTEMPTS} follows', logging.WARNING)
            time.sleep(FIRST_PAUSE * 2 ** (attempt - 1))
    raise InputError(
        f'{url} could not be downloaded in {ATTEMPTS} attempts: {reason}. What has arrived is kept: run this '
        'again to continue, or fetch the file by other means and give its path'
    )


def _receive(url: str, part: Path) -> bool:
    """Ask once for what ``part`` lacks and write it; return whether ``part`` was continued."""
    version = _read_record(part).get('version')
    # without a version and without a hash nothing would tell that the rest is of another file
    trusted = version or _promised(url)
    have = part.stat().st_size if trusted and part.is_file() else 0
    with urllib.request.urlopen(_request(url, have, version), timeout=TIMEOUT) as response:  # noqa: S310
        continued = response.status == http.HTTPStatus.PARTIAL_CONTENT
        have = have if continued else 0
        _write_record(part, {'version': _version(response)})
        _write(response, part, have)
    return continued


def _request(url: str, have: int, version: str | None) -> urllib.request.Request:
    headers = {'User-Agent': f'mmchan/{__version__}', 'Accept-Encoding': 'identity'}
    if have:
        headers['Range'] = f'bytes={have}-'
        headers |= {'If-Range': version} if version else {}
    return urllib.request.Request(url, headers=headers)  # noqa: S310 (only http and https get here)


def _version(response: http.client.HTTPResponse) -> str | None:
    """What a server needs to know in order to continue the same file only."""
    tag = response.headers.get('ETag', '')
    return tag if tag.startswith('"') else response.headers.get('Last-Modified')


def _write(response: http.client.HTTPResponse, part: Path, have: int) -> None:
    """Write a response's body behind the ``have`` bytes that are there.

    Raises:
        ConnectionError: When less arrives than was announced.
    """
    length = response.headers.get('Content-Length')
    total = None if length is None else have + int(length)
    name = part.name.removesuffix('.part')
    with part.open('ab' if have else 'wb') as file, transfer(name, total, done=have, say=_say) as advance:
        # read1 gives what has arrived: an interrupted download keeps all of it
        for piece in iter(partial(response.read1, CHUNK), b''):
            file.write(piece)
            advance(len(piece))
        arrived = file.tell()
    if total is not None and arrived < total:
        raise ConnectionError(f'the connection ended after {arrived} of {total} bytes')
