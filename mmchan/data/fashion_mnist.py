"""Fashion-MNIST: 70,000 pictures of clothes, 28x28 grey levels, ten classes; from where it is to be had.

H. Xiao, K. Rasul and R. Vollgraf, Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning
Algorithms, arXiv:1708.07747.
"""

import gzip
import hashlib
import shutil
from pathlib import Path
from types import MappingProxyType

from mmchan.data.digits import is_complete, write_folder
from mmchan.errors import InputError

# SHA-256 of the files as mmpretrain reads them; compressed ones differ from source to source
DIGESTS = MappingProxyType(
    {
        'train-images-idx3-ubyte': 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
        'train-labels-idx1-ubyte': 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
        't10k-images-idx3-ubyte': '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
        't10k-labels-idx1-ubyte': '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
    }
)
DEBIAN = Path('/usr/share/datasets/fashion-mnist')  # where the package dataset-fashion-mnist puts it
URL = 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com'
WAYS = (
    'There are three ways to Fashion-MNIST:\n'
    '- on Debian and Ubuntu: apt-get install dataset-fashion-mnist, then this command again\n'
    f'- its four files ({", ".join(DIGESTS)}; .gz or unpacked) in a folder: --from FOLDER\n'
    f'- with a network, this command fetches them from {URL}'
)


def write_fashion_mnist(
    out: str | Path,
    *,
    source: Path | None = None,
    force: bool = False,
    system: Path = DEBIAN,
    url: str = URL,
) -> str | None:
    """Write the four files as mmpretrain's ``FashionMNIST`` reads them, each checked.

    The folder is written beside its place and moved there when it is whole. A download that was interrupted
    is continued by the next call.

    Args:
        out: The folder to write. One that already holds them is left alone.
        source: A folder with the files; by default ``system`` where it exists, else the net.
        force: Replace a folder that holds something else.
        system: Where a package of the system has put the files.
        url: Where they are fetched from.

    Returns:
        Where they come from; None where nothing was to be done.

    Raises:
        InputError: When ``out`` holds something else, a file is missing or is not the published one, and
            where nothing can be fetched, with the ways there are.
    """
    out, names = Path(out), set(DIGESTS)
    if not force and is_complete(out, names):
        return None
    folder = source or (system if system.is_dir() else None)
    arrived = out.with_name(f'{out.name}.download')
    if folder is None:
        folder = _fetched(url, arrived)
    written = write_folder(out, names, lambda new: _copy(folder, new), force=force, what='Fashion-MNIST')
    shutil.rmtree(arrived, ignore_errors=True)
    return str(url if folder.is_relative_to(arrived) else folder) if written else None


def _fetched(url: str, folder: Path) -> Path:
    """The folder below ``folder`` that the files were downloaded to."""
    from mmchan.weights.downloads import download

    try:
        files = [download(f'{url}/{name}.gz', folder=folder) for name in DIGESTS]
    except InputError as error:
        raise InputError(f'{error}\n{WAYS}') from error
    return files[0].parent


def _copy(folder: Path, out: Path) -> None:
    out.mkdir()
    for name, digest in DIGESTS.items():
        content = _content(folder, name)
        found = hashlib.sha256(content).hexdigest()
        if found != digest:
            raise InputError(
                f'{folder / name} is not the published file: its SHA-256 is {found}, not {digest}'
            )
        (out / name).write_bytes(content)


def _content(folder: Path, name: str) -> bytes:
    """A file of the data set, unpacked."""
    plain, packed = folder / name, folder / f'{name}.gz'
    if plain.is_file():
        return plain.read_bytes()
    if not packed.is_file():
        raise InputError(f'{folder} holds neither {name} nor {name}.gz.\n{WAYS}')
    try:
        return gzip.decompress(packed.read_bytes())
    except (OSError, EOFError, ValueError) as error:
        raise InputError(f'{packed} cannot be unpacked: {error}') from error
