"""Prepares what the page that classifies a photograph needs, in the user's cache; `make docs` runs it.

The site's build takes from the cache what is there and never downloads: run this before it. onnxruntime-web
comes from npm, of one version and with one digest; the network is exported by mmchan.deploy from the weights
of an installed package. All of it becomes scripts, because a page from file:// may load nothing else.
"""

import base64
import hashlib
import importlib.util
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from site_files import write_script

from mmchan.files import replacing
from mmchan.home import cache_folder
from mmchan.weights.catalogue import find_published

VERSION = '1.30.0'
SHA512 = 'q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ=='
GLUE, CODE, LIBRARY = 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm', 'ort.wasm.min.js'
VARIANT = 'efficientnet-lite0'
FETCHING = 600  # seconds at most, for 33 MB
EDGE, QUALITY = 160, 85  # px of the longer edge of a thumbnail; of JPEG
# of scikit-image: what the page calls them, and who took them
SAMPLES = {
    'chelsea': ('A cat', 'Stéfan van der Walt'),
    'coffee': ('A cup of espresso', 'Rachel Michetti'),
    'rocket': ('A rocket', 'SpaceX'),
    'astronaut': ('An astronaut', 'NASA'),
    'stereo_motorcycle': ('A motorcycle', 'Middlebury College'),
}


class MissingError(Exception):
    """Something is not on this machine; the message says what, for the page and for the terminal."""


def runtime_folder() -> Path:
    """Where the scripts of onnxruntime-web lie, once they are there."""
    return cache_folder() / 'docs' / f'onnxruntime-web-{VERSION}'


def model_folder() -> Path:
    """Where the scripts of the network lie, once they are there; another when what writes them changes."""
    here = Path(__file__)
    sources = here.read_bytes() + here.with_name('photo_model.py').read_bytes()
    return cache_folder() / 'docs' / f'photo-{hashlib.sha256(sources).hexdigest()[:16]}'


def runtime() -> Path:
    """The folder with ``library.js`` and ``runtime.js``; fetched from npm where they are not there.

    Raises:
        MissingError: Without npm, without a network, and for a package of another digest.
    """
    folder = runtime_folder()
    if not folder.is_dir():
        with tempfile.TemporaryDirectory() as temporary:
            write_runtime(fetched(Path(temporary)), folder)
    return folder


def fetched(folder: Path) -> bytes:
    """The package of onnxruntime-web, as npm downloads it into a folder."""
    npm = shutil.which('npm')
    if npm is None:
        raise MissingError(f'onnxruntime-web {VERSION} was not fetched: npm is not installed')
    print(f'photo: npm fetches onnxruntime-web {VERSION}, 33 MB, once', flush=True)
    command = [npm, 'pack', f'onnxruntime-web@{VERSION}', '--silent', '--pack-destination', str(folder)]
    try:
        # the command is ours
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=FETCHING)  # noqa: S603
    except subprocess.SubprocessError as error:
        raise MissingError(f'onnxruntime-web {VERSION} was not fetched: npm pack failed ({error})') from error
    content = (folder / f'onnxruntime-web-{VERSION}.tgz').read_bytes()
    if base64.b64encode(hashlib.sha512(content).digest()).decode('ascii') != SHA512:
        raise MissingError(f'onnxruntime-web {VERSION} was not taken: its SHA-512 is not the pinned one')
    return content


def write_runtime(package: bytes, folder: Path) -> None:
    """Write the scripts of onnxruntime-web: the library as it is, WebAssembly and what loads it as text."""
    from photo_model import packed

    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        found = {name: archive.extractfile(f'package/dist/{name}').read() for name in (GLUE, CODE, LIBRARY)}
    value = {'glue': found[GLUE].decode('utf-8'), 'wasm': packed(found[CODE])}
    with replacing(folder) as unfinished:
        unfinished.mkdir()
        (unfinished / 'library.js').write_bytes(found[LIBRARY])
        write_script(unfinished / 'runtime.js', 'photoRuntime', value)


def model() -> Path:
    """The folder with ``model.js``, ``samples.js`` and thumbnails; made where it is not there.

    Raises:
        MissingError: Without the package of the weights, or that of the photographs.
    """
    folder = model_folder()
    if folder.is_dir():
        return folder
    for package in (find_published(VARIANT).package, 'skimage', 'onnx', 'onnxscript', 'onnxruntime'):
        if importlib.util.find_spec(package.replace('-', '_')) is None:
            raise MissingError(f'the network was not exported: the package {package} is not installed')
    print('photo: exporting the network, once', flush=True)
    write_model(folder)
    return folder


def write_model(folder: Path) -> None:
    """Export the network and write its scripts."""
    import photo_model

    files = jpegs()
    with tempfile.TemporaryDirectory() as temporary:
        record = photo_model.record(Path(temporary), {name: opened(file) for name, file in files.items()})
    with replacing(folder) as unfinished:
        unfinished.mkdir()
        write_script(unfinished / 'model.js', 'photoModel', record)
        urls = {name: data_url(file) for name, file in files.items()}
        write_script(unfinished / 'samples.js', 'photoSamples', urls)
        for name, file in files.items():
            small = opened(file)
            small.thumbnail((EDGE, EDGE))
            small.save(unfinished / f'{name}.jpg', quality=QUALITY)


def jpegs() -> dict[str, bytes]:
    """The photographs as files."""
    from PIL import Image
    from skimage import data

    found = {}
    for name in SAMPLES:
        pixels = getattr(data, name)()
        file = io.BytesIO()
        # a pair for stereo vision: its left one
        Image.fromarray(pixels[0] if isinstance(pixels, tuple) else pixels).save(
            file, 'JPEG', quality=QUALITY
        )
        found[name] = file.getvalue()
    return found


def opened(file: bytes):
    """A file's image in RGB."""
    from PIL import Image

    return Image.open(io.BytesIO(file)).convert('RGB')


def data_url(jpeg: bytes) -> str:
    """A photograph as an address."""
    return 'data:image/jpeg;base64,' + base64.b64encode(jpeg).decode('ascii')


def main() -> int:
    """Prepare both; say what is there and what is not. The site is built either way."""
    for what in (runtime, model):
        try:
            print(f'photo: {what()}')
        except MissingError as missing:
            print(f'photo: {missing}; the page will say so')
    return 0


if __name__ == '__main__':
    sys.exit(main())
