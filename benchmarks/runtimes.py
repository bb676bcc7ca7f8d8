"""How fast the runtimes of ``mmchan export`` are here: PyTorch in three forms, ONNX Runtime, OpenVINO.

    python benchmarks/runtimes.py                       # about 15 minutes on two cores
    python benchmarks/runtimes.py --quick rexnet-1.0x   # few rounds, nothing compiled

Every contestant is a process of its own; all of a network and a batch are called in turn. EfficientNet-lite0
has its real weights. The others' are random, with normalisation statistics of photographs: a network whose
activations die would be quantised to nothing. int8 files come of every recipe that ``mmchan export`` tries.
"""

import shlex
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

import click
import numpy as np
import torch
from contestants import Maker, contestants
from timed import Group, timed, write
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

import mmchan
from mmchan.deploy import graphs, saving
from mmchan.deploy.classification import of_variant
from mmchan.deploy.classification.judging import top1
from mmchan.deploy.measuring import one_image
from mmchan.deploy.metadata import Metadata
from mmchan.deploy.preparing import prepare_image
from mmchan.deploy.recipes import RECIPES
from mmchan.deploy.runtimes import RUNTIMES, open_model
from mmchan.deploy.tasks import Exportable
from mmchan.measure.machine import cpu_flags
from mmchan.measure.timing import interleave
from mmchan.progress import track
from mmchan.weights.catalogue import published

EAGER = 'PyTorch'
NETWORKS = ('rexnet-1.0x', 'regnetx-400mf', 'efficientnet-lite0')
BATCHES = (1, 16)
# network and batch -> how many times as fast as PyTorch the best in fp32 and in int8 should be
AIMS: Mapping[tuple[str, int], dict[str, float]] = MappingProxyType(
    {
        ('rexnet-1.0x', 1): {'fp32': 2.5, 'int8': 3.5},
        ('regnetx-400mf', 1): {'fp32': 3.3, 'int8': 5.5},
        ('efficientnet-lite0', 1): {'int8': 4.4},
        ('rexnet-1.0x', 16): {'int8': 5},
        ('regnetx-400mf', 16): {'int8': 4},
        ('efficientnet-lite0', 16): {'int8': 7},
    }
)
BF16 = {'avx512_bf16', 'amx_bf16'}
CALIBRATION, JUDGED = 32, 100  # crops of photographs


def crops(number: int, seed: int) -> list:
    """Squares of the photographs that scikit-learn comes with, chosen at random."""
    from PIL import Image
    from sklearn.datasets import load_sample_images

    rng, photographs = (
        np.random.default_rng(seed),
        [Image.fromarray(one) for one in load_sample_images().images],
    )
    found = []
    for index in range(number):
        image = photographs[index % len(photographs)]
        side = int(rng.integers(160, min(image.size)))
        left, top = (int(rng.integers(0, length - side + 1)) for length in image.size)
        found.append(image.crop((left, top, left + side, top + side)))
    return found


def build(arch: str) -> Exportable:
    """A network with its published weights where they are on the machine, else with random ones."""
    weights = published().get(arch)
    if weights is not None and weights.package:
        return of_variant(mmchan.get_model(arch, pretrained=True), name=arch, source=weights.source)
    torch.manual_seed(0)
    found = of_variant(mmchan.get_model(arch), name=arch, source='random')
    batch = np.concatenate([prepare_image(image, found.metadata) for image in crops(CALIBRATION, 1)])
    calibrate(found.module, torch.from_numpy(batch))
    return found


def calibrate(module: nn.Module, images: torch.Tensor) -> None:
    """Give normalisation the statistics of images."""
    for norm in (one for one in module.modules() if isinstance(one, _BatchNorm)):
        norm.momentum = 1.0
    with torch.no_grad():
        module.train()(images)
    module.eval()


File = tuple[Path, str, str]  # with its runtime and precision


def files_of(found: Exportable, folder: Path) -> dict[str, File]:
    """Title -> file: fp32 and every recipe of int8, for both runtimes."""
    program, said = graphs.export_program(found.module, found.metadata)
    model = graphs.onnx_of(program, said)
    bases = {'onnx': model, 'openvino': graphs.openvino_of(model, said)}
    inputs = [prepare_image(image, said) for image in crops(CALIBRATION, 2)]
    made = {}
    for runtime, base in bases.items():
        title = RUNTIMES[runtime].title
        made[f'{title}, fp32'] = (_save(base, runtime, folder / 'fp32'), runtime, 'fp32')
        for number, recipe in enumerate(
            track(RECIPES[runtime], f'{said.name}: int8 of {title}', unit='recipes')
        ):
            with graphs.quiet():
                quantised = recipe.quantise(base, inputs)
            _describe(quantised, said.changed(precision=f'int8 {recipe.name}'))
            path = _save(quantised, runtime, folder / f'int8-{number}')
            made[f'{title}, int8, {recipe.name}'] = (path, runtime, 'fp32')
    if cpu_flags() & BF16:
        made['OpenVINO, bf16'] = (*made['OpenVINO, fp32'][:2], 'bf16')
    return made


def _describe(model: object, metadata: Metadata) -> None:
    if hasattr(model, 'graph'):
        graphs.write_onnx_metadata(model, metadata)
    else:
        graphs.write_openvino_metadata(model, metadata.as_strings())


def _save(model: object, runtime: str, path: Path) -> Path:
    path = path.with_suffix(RUNTIMES[runtime].suffixes[0])
    (saving.save_onnx if runtime == 'onnx' else saving.save_openvino)(model, path)
    return path


def call_file(path: Path, runtime: str, precision: str, batch: int, threads: int) -> Callable[[], object]:
    """What runs a file once."""
    session = open_model(path, runtime, threads=threads, precision=precision)
    return partial(_run, session, one_image(session.metadata, batch))


def call_network(path: Path, runtime: str, precision: str, batch: int, threads: int) -> Callable[[], object]:
    """What runs a network of PyTorch once."""
    found = torch.load(path, weights_only=False)
    session = open_model(found.module, runtime, metadata=found.metadata, threads=threads, precision=precision)
    return partial(_run, session, one_image(found.metadata, batch))


def _run(session, images: np.ndarray) -> None:
    session.run(images)


def makers_of(
    network: Path, files: Mapping[str, File], batch: int, *, threads: int, compiled: bool
) -> dict[str, Maker]:
    """All contestants of a network and a batch."""
    makers: dict[str, Maker] = {
        EAGER: (call_network, (network, 'eager', 'fp32', batch, threads)),
        'PyTorch, folded, channels last': (call_network, (network, 'folded', 'fp32', batch, threads)),
    }
    if compiled:
        makers['PyTorch, compiled'] = (call_network, (network, 'compiled', 'fp32', batch, threads))
    return {**makers, **{title: (call_file, (*file, batch, threads)) for title, file in files.items()}}


def agreements(files: Mapping[str, File], metadata: Metadata, threads: int) -> dict[str, str]:
    """Title -> how often a file names the class that fp32 names, on crops that it was not calibrated with."""
    inputs = [prepare_image(image, metadata) for image in crops(JUDGED, 3)]
    said = {
        title: top1(open_model(path, runtime, threads=threads, precision=precision), inputs)
        for title, (path, runtime, precision) in files.items()
    }
    shares = {title: float((found == said['ONNX Runtime, fp32']).mean()) for title, found in said.items()}
    return {
        title: f'the class of fp32 on {share:.0%} of {JUDGED} crops of two photographs'
        for title, share in shares.items()
        if 'fp32' not in title
    }


def measure(arch: str, batches: tuple[int, ...], *, rounds: int, threads: int, compiled: bool) -> list[Group]:
    """The groups of a network: one per batch."""
    found = build(arch)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        network = folder / 'network.pt'
        torch.save(found, network)
        files = files_of(found, folder)
        notes = agreements(files, found.metadata, threads)
        groups = []
        for batch in batches:
            makers = makers_of(network, files, batch, threads=threads, compiled=compiled)
            with contestants(makers, threads=threads) as calls:
                timings = interleave(calls, rounds=rounds, least_seconds=0.1)
            title = f'{arch}, batch {batch}, {found.metadata.source} weights'
            aim = best(timings, AIMS.get((arch, batch), {}))
            groups.append(timed(title, timings, EAGER, images=batch, aim=aim, notes=notes))
    return groups


def best(timings: Mapping, aims: Mapping[str, float]) -> dict[str, float]:
    """The aims, each at the fastest of its precision beside PyTorch."""
    found = {}
    for precision, aim in aims.items():
        titles = [title for title in timings if f', {precision}' in title]
        found[min(titles, key=lambda title: timings[title].median)] = aim
    return found


@click.command()
@click.argument('networks', nargs=-1)
@click.option('--batch', 'batches', type=click.IntRange(1), multiple=True, default=BATCHES, show_default=True)
@click.option('--rounds', type=click.IntRange(1), default=15, show_default=True)
@click.option('--threads', type=click.IntRange(1), default=2, show_default=True)
@click.option('--quick', is_flag=True, help='5 rounds, and nothing is compiled.')
@click.option(
    '--out', type=click.Path(dir_okay=False, path_type=Path), help='Instead of results/runtimes.json.'
)
def main(
    networks: tuple[str, ...],
    batches: tuple[int, ...],
    rounds: int,
    threads: int,
    quick: bool,
    out: Path | None,
) -> None:
    """Time NETWORKS, variants of ours, in all runtimes."""
    groups = [
        group
        for arch in networks or NETWORKS
        for group in measure(
            arch, batches, rounds=5 if quick else rounds, threads=threads, compiled=not quick
        )
    ]
    command = shlex.join(['python', 'benchmarks/runtimes.py', *sys.argv[1:]])
    note = 'Random weights have normalisation statistics of photographs; their classes mean nothing.'
    write('runtimes', groups, command=command, threads=threads, out=out, note=note)


if __name__ == '__main__':
    main()
