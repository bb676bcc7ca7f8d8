"""The machine at hand, as a table of measured numbers has to name it."""

import os
import platform
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from mmchan import __version__

CPU_INFO = Path('/proc/cpuinfo')  # Linux; elsewhere platform knows the model alone
# instruction sets by which kernels are chosen, as Linux names them
INSTRUCTION_SETS = (
    'avx2',
    'avx512f',
    'avx_vnni',
    'avx512_vnni',
    'avx512_bf16',
    'amx_bf16',
    'amx_int8',
    'neon',
    'asimd',
    'bf16',
    'i8mm',
)
# environment variables that take instruction sets or threads away from a library
LIMITS = (
    'ATEN_CPU_CAPABILITY',
    'ONEDNN_MAX_CPU_ISA',
    'DNNL_MAX_CPU_ISA',
    'MKL_ENABLE_INSTRUCTIONS',
    'OMP_NUM_THREADS',
    'LD_PRELOAD',
)
PACKAGES = ('torch', 'torchvision', 'timm', 'mmpretrain', 'mmdet', 'mmcv', 'onnxruntime', 'openvino', 'numpy')


@cache
def _cpu_info() -> dict[str, str]:
    """What Linux says of the first core; empty elsewhere."""
    if not CPU_INFO.is_file():
        return {}
    first = CPU_INFO.read_text(encoding='utf-8', errors='replace').split('\n\n')[0]
    rows = (line.partition(':') for line in first.splitlines())
    return {key.strip(): value.strip() for key, _, value in rows}


def cpu_model() -> str:
    """The processor's name."""
    return _cpu_info().get('model name') or platform.processor() or platform.machine()


def cpu_flags() -> frozenset[str]:
    """The instruction sets that matter for networks, of those that this CPU has; see INSTRUCTION_SETS."""
    said = _cpu_info()
    return frozenset((said.get('flags') or said.get('Features') or '').split()) & frozenset(INSTRUCTION_SETS)


def describe_machine(*, threads: int, packages: Iterable[str] = PACKAGES) -> dict[str, object]:
    """What numbers that are measured here depend on.

    Args:
        threads: That the measured calls take.
        packages: Whose versions count; those that are not installed are left out.

    Returns:
        ``cpu``, ``instruction_sets``, ``cores``, ``threads``, ``limits`` (environment variables that are
        set), ``system`` and ``versions``.
    """
    flags = cpu_flags()
    return {
        'cpu': cpu_model(),
        'instruction_sets': [name for name in INSTRUCTION_SETS if name in flags],
        'cores': os.cpu_count(),
        'threads': threads,
        'limits': {name: os.environ[name] for name in LIMITS if os.environ.get(name)},
        'system': f'{platform.system()} {platform.machine()}',
        'versions': {'mmchan': __version__, 'python': platform.python_version(), **_versions(packages)},
    }


def _versions(packages: Iterable[str]) -> dict[str, str]:
    found = {}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
