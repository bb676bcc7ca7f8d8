"""Latencies as they were measured: one record each, kept in a file with the machines that they are of."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import yaml

from mmchan.errors import InputError, require
from mmchan.files import replacing

SUFFIXES = ('.json', '.yml', '.yaml')
_NUMBERS = {'batch': int, 'rounds': int, 'ms': float, 'low_ms': float, 'high_ms': float}
# what vendors write around the model of a CPU
_AROUND = re.compile(r'\((R|TM)\)|\b(Intel|CPU|Processor|Genuine)\b|\b\d+-Core\b|@.*|with .*', re.IGNORECASE)


@dataclass(frozen=True)
class Measured:
    """A latency that was measured here or elsewhere.

    Attributes:
        network: A variant, the path of a config in the repository, or that of an exported file.
        resolution: Height and width of the input, such as '224x224'.
        device: The machine and the threads that computed.
        runtime: What computed, such as 'openvino'.
        precision: Of the arithmetic, such as 'fp32'.
        batch: Images at once.
        ms: Median of a batch's time.
        low_ms: Lower quartile.
        high_ms: Upper quartile.
        rounds: Readings.
        weights: 'published', 'random', or 'of the file'.
    """

    network: str
    resolution: str
    device: str
    runtime: str
    precision: str
    batch: int
    ms: float
    low_ms: float
    high_ms: float
    rounds: int
    weights: str

    @property
    def of(self) -> tuple[str, str, str, str, str, int]:
        """What was measured where; two records that share it are of the same thing."""
        return self.network, self.resolution, self.device, self.runtime, self.precision, self.batch

    @property
    def images_per_second(self) -> float:
        """Throughput."""
        return 1000 * self.batch / self.ms


def parsed_size(resolution: str) -> tuple[int, int]:
    """Height and width.

    >>> parsed_size('1280x800')
    (1280, 800)
    """
    height, _, width = resolution.partition('x')
    return int(height), int(width)


def device_name(cpu: str, threads: int) -> str:
    """A short name of a machine.

    >>> device_name('Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz', 2)
    'Xeon Platinum 8481C, 2 threads'
    >>> device_name('AMD EPYC 7B13', 1)
    'AMD EPYC 7B13, 1 thread'
    """
    model = ' '.join(_AROUND.sub(' ', cpu).split()) or cpu.strip() or 'CPU'
    return f'{model}, {threads} thread{"" if threads == 1 else "s"}'


def read_latencies(path: Path) -> list[Measured]:
    """The records of a file.

    Raises:
        InputError: For a file that is not there or does not hold latencies.
    """
    return [_record(fields, path) for fields in _content(path)['latencies']]


def add_latencies(path: Path, measured: Sequence[Measured], machine: Mapping[str, object]) -> None:
    """Write records into a file, in place of those that it has of the same thing.

    Args:
        path: Ends in .json, .yml or .yaml; a file that is not there is made.
        measured: Records of one machine.
        machine: What :func:`mmchan.measure.machine.describe_machine` says of it.

    Raises:
        InputError: For another ending, and for a file that holds something else.
    """
    check_suffix(path)
    old = _content(path) if path.is_file() else {'machines': {}, 'latencies': []}
    kept = {one.of: one for one in (_record(fields, path) for fields in old['latencies'])}
    kept |= {one.of: one for one in measured}
    machines = {**old['machines'], **{one.device: dict(machine) for one in measured}}
    _write(path, document(kept.values(), machines))


def document(measured: Iterable[Measured], machines: Mapping[str, object]) -> dict[str, object]:
    """What a file of latencies holds: the machines by name, the records sorted."""
    records = [asdict(one) for one in sorted(measured, key=lambda one: one.of)]
    return {'machines': dict(sorted(machines.items())), 'latencies': records}


def check_suffix(path: Path) -> None:
    """Raise InputError unless a file's ending is that of latencies."""
    if path.suffix not in SUFFIXES:
        raise InputError(f'the file of latencies must end in one of {", ".join(SUFFIXES)}, got {str(path)!r}')


def check_place(path: Path) -> None:
    """Raise InputError unless latencies can be written there: the ending, and what the file holds now."""
    check_suffix(path)
    if path.is_file():
        _content(path)


def _write(path: Path, content: Mapping[str, object]) -> None:
    with replacing(path) as unfinished:
        if path.suffix == '.json':
            text = json.dumps(content, indent=1, ensure_ascii=False) + '\n'
        else:
            text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        unfinished.write_text(text, encoding='utf-8')


def _content(path: Path) -> dict:
    check_suffix(path)
    if not path.is_file():
        raise InputError(f'there is no file of latencies {str(path)!r}; mmchan bench --add-to-zoo writes one')
    load = json.loads if path.suffix == '.json' else yaml.safe_load
    try:
        found = load(path.read_text(encoding='utf-8'))
    except (yaml.YAMLError, json.JSONDecodeError) as error:
        raise InputError(f'{path} is no valid {path.suffix[1:].upper()}: {error}') from error
    if not (isinstance(found, dict) and isinstance(found.get('latencies'), list)):
        raise InputError(f"{path} must hold a list 'latencies', as mmchan bench writes it")
    return {'machines': found.get('machines') or {}, 'latencies': found['latencies']}


def _record(given: object, path: Path) -> Measured:
    names = [field.name for field in fields(Measured)]
    if not isinstance(given, dict) or set(given) != set(names):
        raise InputError(f'{path}: a latency must have {", ".join(names)}, got {given!r}')
    for name, kind in _NUMBERS.items():
        value = given[name]
        fits = isinstance(value, int | kind) and not isinstance(value, bool) and value > 0
        require(fits, f'{name} in {path}', 'a number above 0', value)
    return Measured(**given)
