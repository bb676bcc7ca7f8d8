"""glibc's allocator, told to keep what a training step frees for the next one.

It gives big blocks back to the system as soon as they are free. A training step allocates the same blocks as
the one before, so that every step faults in all of its activations again: 195,000 pages for a batch of 16 of
ReXNet-1.0. Kept, they cost nothing; the largest amount that is in use stays the same.
"""

import ctypes
import functools
import os
import platform
import sys
from types import MappingProxyType

# glibc's malloc.h: parameter -> value; blocks of any size come from the heap, whose end stays where it was
_PARAMETERS = MappingProxyType({
    -3: 2**31 - 1,  # M_MMAP_THRESHOLD
    -1: 2**31 - 1,  # M_TRIM_THRESHOLD
    -2: 2**28,  # M_TOP_PAD
})  # fmt: skip
_OTHERS = ('jemalloc', 'tcmalloc', 'mimalloc')


@functools.cache
def keep_freed_memory() -> bool:
    """Let this process, and those that it forks, keep the memory that they free; once is enough.

    Nothing happens without glibc, where the user has settings of his own for its allocator (``MALLOC_*`` or
    ``GLIBC_TUNABLES`` in the environment), and where he loads another allocator.

    Returns:
        Whether it does.
    """
    if not _is_glibcs_own():
        return False
    mallopt = ctypes.CDLL(None).mallopt
    return min(mallopt(parameter, value) for parameter, value in _PARAMETERS.items()) == 1


def _is_glibcs_own() -> bool:
    """Whether memory comes from glibc's allocator, with the settings that it has by itself."""
    if not sys.platform.startswith('linux') or platform.libc_ver()[0] != 'glibc':
        return False
    is_set = any(name.startswith('MALLOC_') for name in os.environ)
    tuned = 'glibc.malloc' in os.environ.get('GLIBC_TUNABLES', '')
    loaded = os.environ.get('LD_PRELOAD', '')
    return not (is_set or tuned or any(other in loaded for other in _OTHERS))
