"""Is a damaged checkpoint ever loaded?

    python benchmarks/fuzz_checkpoints.py --count 10000

Damages small real checkpoints in many ways and reads each with `read_checkpoint`, as every tool does, in
processes of their own, so that a crash is counted too. Prints what happened by kind of damage, and ends with
1 where a damaged file was loaded with another content, or anything but our own refusal came out.
"""

import io
import json
import logging
import multiprocessing
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import click
import torch
from mmengine.logging import MMLogger
from mmengine.model import BaseModel
from mmengine.runner import Runner
from rich.table import Table
from torch import nn

from mmchan.cli.console import console, table
from mmchan.errors import InputError
from mmchan.weights.checkpoints import read_checkpoint, write_checkpoint

BATCH = 250  # files that one process reads
PATIENCE = 120  # seconds without an answer after which a process hangs
WIDTH = 80
CRC_PLACE, NAME_PLACE = 16, 46  # in an entry's header in the list at an archive's end
LOCAL_HEADER = 30

REFUSED, SAME = 'refused', 'loaded, the same'
SILENT, FOREIGN, CRASHED = DEFECTS = ('loaded, another', 'other exception', 'crash')
OUTCOMES = (REFUSED, SAME, *DEFECTS)


@dataclass(frozen=True)
class Sample:
    """A whole checkpoint.

    Attributes:
        suffix: Of its file.
        content: Its bytes.
        other: Those of a checkpoint of the same network with other weights.
    """

    suffix: str
    content: bytes
    other: bytes


@dataclass(frozen=True)
class Result:
    """What became of one damaged file.

    Attributes:
        number: Of the file; it and the seed give the file again.
        sample: Name of what was damaged.
        damage: Name of the kind of damage.
        outcome: One of :data:`OUTCOMES`.
        said: The exception, or ''.
    """

    number: int
    sample: str
    damage: str
    outcome: str
    said: str


class Net(BaseModel):
    """A few layers that differ in nothing but their weights: whatever is exchanged still fits."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(*(nn.Linear(WIDTH, WIDTH) for _ in range(5)))

    def forward(self, inputs: list[torch.Tensor], mode: str = 'tensor') -> dict[str, torch.Tensor]:
        """A loss, whatever is asked for."""
        return {'loss': self.layers(torch.stack(inputs)).square().mean()}


def make_samples(folder: Path) -> dict[str, Sample]:
    """Checkpoints of MMEngine's Runner, of torch.save and of ours; they are written into a folder."""
    writers: dict[str, Callable[[Path, Net], None]] = {
        "a Runner's .pth": _train,
        'a bare .pth': lambda path, net: torch.save(net.state_dict(), path),
        'our .pth': lambda path, net: write_checkpoint(path, net.state_dict(), meta={'epoch': 1}),
        'our .safetensors': lambda path, net: write_checkpoint(path, net.state_dict(), meta={'epoch': 1}),
    }
    return {name: _sample(folder / name, f'.{name.rpartition(".")[2]}', writers[name]) for name in writers}


def _sample(folder: Path, suffix: str, write: Callable[[Path, Net], None]) -> Sample:
    paths = [folder / side / f'net{suffix}' for side in ('one', 'other')]
    for seed, path in enumerate(paths):
        path.parent.mkdir(parents=True)
        torch.manual_seed(seed)
        write(path, Net())
    return Sample(suffix, *(path.read_bytes() for path in paths))


def _train(path: Path, net: Net) -> None:
    """Two steps that leave a checkpoint with optimizer, schedule, message hub and meta."""
    loader = {'dataset': [{'inputs': image} for image in torch.randn(8, WIDTH)], 'batch_size': 4}
    runner = Runner(
        model=net,
        work_dir=str(path.parent / 'run'),
        train_dataloader={**loader, 'sampler': {'type': 'DefaultSampler'}},
        train_cfg={'by_epoch': True, 'max_epochs': 1},
        optim_wrapper={'optimizer': {'type': 'SGD', 'lr': 0.1, 'momentum': 0.9}},
        param_scheduler={'type': 'LinearLR', 'start_factor': 0.5, 'by_epoch': False},
        experiment_name=f'fuzz-{time.time_ns()}',
        log_level='ERROR',
    )
    runner.train()
    (path.parent / 'run' / 'epoch_1.pth').replace(path)


def flip_bits(rng: random.Random, sample: Sample) -> bytes:
    """One to eight bits, anywhere."""
    content = bytearray(sample.content)
    for _ in range(rng.randint(1, 8)):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return bytes(content)


def change_bytes(rng: random.Random, sample: Sample) -> bytes:
    """Up to sixteen neighbours."""
    start, size = _block(rng, sample.content, 16)
    return sample.content[:start] + rng.randbytes(size) + sample.content[start + size :]


def change_frame(rng: random.Random, sample: Sample) -> bytes:
    """A few bytes at the beginning or the end, where the formats keep what they know of the rest."""
    content, reach = bytearray(sample.content), min(2048, len(sample.content) // 2)
    for _ in range(rng.randint(1, 4)):
        content[rng.randrange(-reach, reach)] = rng.randrange(256)
    return bytes(content)


def zero_block(rng: random.Random, sample: Sample) -> bytes:
    """Up to 4 KiB, as a disk does that lost a page."""
    start, size = _block(rng, sample.content, 4096)
    return sample.content[:start] + bytes(size) + sample.content[start + size :]


def swap_blocks(rng: random.Random, sample: Sample) -> bytes:
    """Two places of up to 4 KiB."""
    size = rng.randint(1, 4096)
    one, other = (rng.randrange(len(sample.content) - size) for _ in range(2))
    return _exchanged(sample.content, one, other, min(size, abs(one - other)))


def truncate(rng: random.Random, sample: Sample) -> bytes:
    """The beginning; half of them lack little."""
    end = len(sample.content)
    return sample.content[: rng.choice([rng.randrange(end), end - rng.randint(1, min(200, end))])]


def extend(rng: random.Random, sample: Sample) -> bytes:
    """Something behind it: zeros, noise, its own end, another file."""
    size = rng.randint(1, 4096)
    more = [bytes(size), rng.randbytes(size), sample.content[-size:], sample.other]
    return sample.content + rng.choice(more)


def splice(rng: random.Random, sample: Sample) -> bytes:
    """A block of another checkpoint of the same network in its place, or all from there on."""
    start, size = _block(rng, sample.content, 65536)
    end = rng.choice([start + size, len(sample.content)])
    return sample.content[:start] + sample.other[start:end] + sample.content[end:]


def exchange_entries(rng: random.Random, sample: Sample) -> bytes:
    """Two tensors of the same shape: their contents, these with their checksums, or their names."""
    swap = _exchange_in_header if sample.suffix == '.safetensors' else _exchange_in_archive
    return swap(rng, sample.content)


DAMAGES: Mapping[str, Callable[[random.Random, Sample], bytes]] = {
    'bits flipped': flip_bits,
    'bytes changed': change_bytes,
    'frame changed': change_frame,
    'block zeroed': zero_block,
    'blocks swapped': swap_blocks,
    'truncated': truncate,
    'extended': extend,
    'spliced with another': splice,
    'entries exchanged': exchange_entries,
}


def _block(rng: random.Random, content: bytes, longest: int) -> tuple[int, int]:
    size = rng.randint(1, min(longest, len(content)))
    return rng.randrange(len(content) - size + 1), size


def _exchanged(content: bytes, one: int, other: int, size: int) -> bytes:
    """Two places of a content that do not overlap."""
    one, other = sorted((one, other))
    middle = content[one + size : other]
    return b''.join(
        [
            content[:one],
            content[other : other + size],
            middle,
            content[one : one + size],
            content[other + size :],
        ]
    )


def _exchange_in_header(rng: random.Random, content: bytes) -> bytes:
    end = 8 + int.from_bytes(content[:8], 'little')
    header = json.loads(content[8:end])
    names = [name for name in header if name.endswith('weight')]
    one, other = rng.sample(names, 2)
    if rng.random() < 0.5:
        starts, size = (end + header[name]['data_offsets'][0] for name in (one, other)), 4 * WIDTH * WIDTH
        return _exchanged(content, *starts, size)
    header[one], header[other] = header[other], header[one]
    return content[:8] + json.dumps(header, separators=(',', ':')).encode().ljust(end - 8) + content[end:]


@dataclass(frozen=True)
class _Entry:
    """Where the parts of an archive's entry are."""

    header: int
    name: bytes
    start: int
    size: int
    listed: int

    @property
    def checksums(self) -> tuple[int, int]:
        return self.start + self.size + 4, self.listed + CRC_PLACE

    @property
    def names(self) -> tuple[int, int]:
        return self.header + LOCAL_HEADER, self.listed + NAME_PLACE


def _entries(content: bytes) -> Iterator[_Entry]:
    """The storages of an archive."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    listed = archive.start_dir
    for info in archive.infolist():
        name = info.filename.encode()
        room = int.from_bytes(content[info.header_offset + 28 :][:2], 'little')
        start = info.header_offset + LOCAL_HEADER + len(name) + room
        if '/data/' in info.filename:
            yield _Entry(info.header_offset, name, start, info.file_size, listed)
        listed += NAME_PLACE + len(name) + len(info.extra)


def _exchange_in_archive(rng: random.Random, content: bytes) -> bytes:
    one = rng.choice([entry for entry in _entries(content) if entry.size == 4 * WIDTH * WIDTH])
    alike = [entry for entry in _entries(content) if len(entry.name) == len(one.name)]
    other = rng.choice([entry for entry in alike if entry.size == one.size and entry.name != one.name])
    way = rng.randrange(4)
    if way < 2:
        content = _exchanged(content, one.start, other.start, one.size)
    pairs = {1: zip(one.checksums, other.checksums, strict=True), 2: zip(one.names, other.names, strict=True)}
    pairs[3] = [(one.names[1], other.names[1])]
    for pair in pairs.get(way, ()):
        content = _exchanged(content, *pair, 4 if way == 1 else len(one.name))
    return content


class Fuzz:
    """Damaged files by number.

    Args:
        samples: As :func:`make_samples` gives them.
        seed: Of all damages.
    """

    def __init__(self, samples: Mapping[str, Sample], seed: int) -> None:
        self.samples = samples
        self.seed = seed

    def make(self, number: int) -> tuple[str, str, bytes]:
        """Name of the sample, of the damage, and the damaged content."""
        name = list(self.samples)[number % len(self.samples)]
        damage = list(DAMAGES)[number // len(self.samples) % len(DAMAGES)]
        rng, sample = random.Random(f'{self.seed} {number}'), self.samples[name]  # noqa: S311 (no secret)
        content = sample.content
        while content in (sample.content, sample.other):  # a whole file is not damaged
            content = DAMAGES[damage](rng, sample)
        return name, damage, content

    def run(self, count: int, folder: Path) -> Iterator[Result]:
        """Read so many damaged files, in processes of their own."""
        number = 0
        while number < count:
            for result in self._batch(number, min(number + BATCH, count), folder):
                number = result.number + 1
                yield result

    def _batch(self, first: int, end: int, folder: Path) -> Iterator[Result]:
        """Results until the end, or until the process crashed."""
        here, there = multiprocessing.Pipe(duplex=False)
        context = multiprocessing.get_context('fork')
        process = context.Process(target=self._read_all, args=(first, end, folder, there))
        process.start()
        there.close()
        number = first
        try:
            while number < end and here.poll(PATIENCE):
                yield here.recv()
                number += 1
        except EOFError:
            pass
        process.kill()
        process.join()
        if number < end:
            name, damage, _ = self.make(number)
            yield Result(number, name, damage, CRASHED, f'exit code {process.exitcode}')

    def _read_all(self, first: int, end: int, folder: Path, out: Connection) -> None:
        MMLogger.get_current_instance().setLevel(logging.CRITICAL)
        whole = {
            name: _loaded(folder, sample.suffix, sample.content) for name, sample in self.samples.items()
        }
        for number in range(first, end):
            name, damage, content = self.make(number)
            outcome, said = _judge(folder, self.samples[name].suffix, content, whole[name])
            out.send(Result(number, name, damage, outcome, said))


def _judge(folder: Path, suffix: str, content: bytes, whole: bytes) -> tuple[str, str]:
    try:
        return (SAME if _loaded(folder, suffix, content) == whole else SILENT), ''
    except InputError as error:
        return REFUSED, str(error)
    except Exception as error:  # noqa: BLE001 (whatever it is, it is counted)
        return FOREIGN, f'{type(error).__name__}: {error}'


def _loaded(folder: Path, suffix: str, content: bytes) -> bytes:
    """What a file holds, in a form that can be compared."""
    path = folder / f'damaged{suffix}'
    path.write_bytes(content)
    out = io.BytesIO()
    torch.save(read_checkpoint(str(path)), out)
    return out.getvalue()


def summarise(results: list[Result]) -> Table:
    """Counts of outcomes by kind of damage and by sample."""
    grid = table(f'{len(results):,} damaged checkpoints', 'damage', 'files', *OUTCOMES)
    rows = [(result.damage, result.outcome) for result in results]
    rows += [(result.sample, result.outcome) for result in results]
    counts = Counter(rows)
    for name in dict.fromkeys(row[0] for row in rows):
        cells = [counts[name, outcome] for outcome in OUTCOMES]
        grid.add_row(name, f'{sum(cells):,}', *(f'{cell:,}' for cell in cells))
    return grid


@click.command()
@click.option('--count', type=click.IntRange(1), default=10_000, show_default=True, help='Damaged files.')
@click.option('--seed', type=int, default=0, show_default=True, help='Of the damages.')
def main(count: int, seed: int) -> None:
    """Read damaged checkpoints and count what happens."""
    torch.set_num_threads(1)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        results = list(Fuzz(make_samples(Path(folder)), seed).run(count, Path(folder)))
    console().print(summarise(results))
    defects = [result for result in results if result.outcome in DEFECTS]
    for one in defects:
        click.echo(f'{one.number}: {one.sample}, {one.damage}: {one.outcome} {one.said}')
    click.echo(f'{len(defects)} defects, seed {seed}, {time.monotonic() - started:.0f} s')
    sys.exit(bool(defects))


if __name__ == '__main__':
    main()
