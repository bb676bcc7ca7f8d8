"""The latencies that a repository keeps beside its metafiles: measured with one command, not typed."""

import functools
from pathlib import Path

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
