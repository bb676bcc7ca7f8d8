"""Parts of a config are built here to be looked at: nothing of it is heard, written, or left behind."""

import contextlib
import io
import logging
import sys
import warnings
from collections.abc import Iterator
from unittest import mock

from mmengine.utils import ManagerMixin

from mmchan.data.seeding import own_random_numbers


@contextlib.contextmanager
def isolated() -> Iterator[None]:
    """Within this context nothing is printed or logged; random states and MMEngine's globals are put back."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(own_random_numbers())
        stack.enter_context(own_managers())
        stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter('ignore')
        stack.enter_context(_no_logging())
        # what was half built may complain when it is deleted
        stack.enter_context(mock.patch.object(sys, 'unraisablehook', mock.Mock()))
        yield


@contextlib.contextmanager
def _no_logging() -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


@contextlib.contextmanager
def own_managers() -> Iterator[None]:
    """Put back which logger, scope, hub and visualizer are the current ones."""
    before = {kind: kind._instance_dict.copy() for kind in _managers()}
    try:
        yield
    finally:
        for kind in _managers():
            kind._instance_dict = before.get(kind, type(kind._instance_dict)())


def _managers(base: type = ManagerMixin) -> Iterator[type]:
    for kind in base.__subclasses__():
        yield kind
        yield from _managers(kind)
