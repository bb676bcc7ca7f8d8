"""What a program does so that it starts quickly."""

import contextlib
import gc
from collections.abc import Iterator

from mmchan.process.deferring import defer

PATIENCE = 50_000  # new objects before Python looks for garbage
USUAL = gc.get_threshold()


@contextlib.contextmanager
def quick_start() -> Iterator[None]:
    """Run a program that imports much.

    Imports make hundreds of thousands of objects that stay: looking through them for garbage again and again
    takes a tenth of their time.
    """
    defer()
    gc.set_threshold(PATIENCE, *USUAL[1:])
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*USUAL)


def started() -> None:
    """Say that all is imported: from here on Python looks for garbage as usual, but not in what there is.

    MMEngine lets it look whenever it reads a data set, and processes of loaders share what is not looked at.
    """
    gc.freeze()
    gc.set_threshold(*USUAL)
