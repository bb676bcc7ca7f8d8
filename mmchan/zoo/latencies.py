"""The latencies that a repository keeps beside its metafiles: measured with one command, not typed."""

import functools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mmchan.home import home
from mmchan.measure.latencies import Measured, read_latencies

KEPT = 'benchmarks/results/latencies.json'


def kept_latencies(root: Path) -> tuple[Measured, ...]:
    """The latencies that a repository keeps; none where it has no such file, as in an installed package."""
    path = root / KEPT
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else ()


@functools.lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> tuple[Measured, ...]:
    """The latencies of a file as it was when it last changed."""
    return tuple(read_latencies(path))


def as_in_zoo(measured: Sequence[Measured]) -> list[Measured]:
    """Records that name configs by their path in the repository, as the metafiles do."""
    return [replace(one, network=zoo_name(one.network)) for one in measured]


def zoo_name(network: str) -> str:
    """The name by which the zoo knows a variant or the path of a config.

    >>> zoo_name('rexnet-1.0x')
    'rexnet-1.0x'
    """
    if not network.endswith('.py'):
        return network
    path, root = Path(network).resolve(), home().resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else network
