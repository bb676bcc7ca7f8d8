"""Files and folders that are written beside their place and moved there when whole."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path``; move it there if the body succeeds, else delete it.

    The body may write a file or make a folder. An existing file is replaced at once; an existing
    folder must be gone by then. Missing parent folders are made.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f'.{path.name}-', dir=path.parent))
    try:
        unfinished = folder / path.name
        yield unfinished
        unfinished.replace(path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
