"""Networks that are timed against each other, each in a process of its own.

What a process does once for all, such as the settings of its allocator, must not help its neighbours: a
contestant makes itself ready in its own process, and calls when it is told to.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection

import torch
from torch import multiprocessing

Maker = tuple[Callable[..., Callable[[], object]], tuple]  # a function of a module, and its arguments
READY, CALL = 'ready', 'call'


@contextmanager
def contestants(makers: Mapping[str, Maker], *, threads: int) -> Iterator[dict[str, Callable[[], object]]]:
    """Give name -> a call that lets the contestant of that name work once, while all others wait.

    Args:
        makers: Name -> a function with its arguments that gives what is to be called; made in the process.
        threads: That each may take.

    Raises:
        RuntimeError: For a contestant that fails; its traceback was printed by its process.
    """
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(_contestant(name, *maker, threads=threads))
            for name, maker in makers.items()
        }


@contextmanager
def _contestant(name: str, make: Callable, arguments: tuple, *, threads: int) -> Iterator[Callable]:
    """One of them, which is made when this begins and ends when this ends."""
    context = multiprocessing.get_context('spawn')
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(there, make, arguments, threads), daemon=True)
    process.start()
    there.close()
    try:
        _expect(here, name)
        yield lambda: _call(here, name)
    finally:
        here.close()
        process.join()


def _call(pipe: Connection, name: str) -> object:
    pipe.send(CALL)
    return _expect(pipe, name)


def _expect(pipe: Connection, name: str) -> object:
    """What a contestant answers."""
    try:
        return pipe.recv()
    except EOFError:
        raise RuntimeError(f'{name} failed') from None


def _work(pipe: Connection, make: Callable, arguments: tuple, threads: int) -> None:
    """Make the contestant, then let it work whenever told, until nobody tells any more."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    call = make(*arguments)
    pipe.send(READY)
    while True:
        try:
            pipe.recv()
        except EOFError:
            return
        found = call()
        pipe.send(found if isinstance(found, (int, float, tuple)) else None)
