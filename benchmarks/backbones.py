"""How fast are our networks beside the same ones of other projects?

    python benchmarks/backbones.py
    python benchmarks/backbones.py --quick --network rexnet-1.0x

Every network in a process of its own, as its project gives it to a user: others with torch's defaults, ours
as `tools/train.py` and `tools/test.py` run them. Inference in eval mode without gradients; a training
step is forward, cross entropy, backward and SGD. Memory is what the forward pass keeps for the backward pass.
Images are random, so are the weights: neither changes the time.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import click
import torch
from contestants import Maker, contestants
from peers import AUTHORS, TIMM, peers_of
from timed import Group, counted, timed, write
from torch import nn
from torch.nn import functional as F
from torch.profiler import ProfilerActivity, profile

from mmchan.measure.memory import step_memory
from mmchan.measure.timing import interleave
from mmchan.models import Classifier
from mmchan.models.memory_format import compute_in_channels_last
from mmchan.process.allocator import keep_freed_memory

RESOLUTION = 224
INFERENCE_BATCHES = (1, 16)
TRAINING_BATCH = 16
OURS, CHECKPOINTED = 'mmchan', 'mmchan, with_cp'
MEBIBYTE = 1 << 20
OPERATORS = 8  # of a profile
# times as fast as the peer in a training step, as aimed at on two AVX2 cores
AIMS: Mapping[str, tuple[str, float]] = {'rexnet-1.0x': ('timm', 2.2), 'regnetx-400mf': ('mmpretrain', 1.7)}
Build = Callable[[str], nn.Module]


def ours(arch: str, *, with_cp: bool = False) -> nn.Module:
    """Our network, in a process and a memory format as a run has them on a CPU."""
    keep_freed_memory()
    network = Classifier(arch)
    network.backbone.with_cp = with_cp
    compute_in_channels_last(network.backbone)
    return network


def inference(build: Build, arch: str, batch: int) -> Callable[[], object]:
    """A forward pass in eval mode."""
    network = build(arch).eval()
    images = torch.randn(batch, 3, RESOLUTION, RESOLUTION)

    def call() -> None:
        with torch.no_grad():
            network(images)

    return call


def training(build: Build, arch: str) -> Callable[[], object]:
    """A training step."""
    network = build(arch).train()
    images = torch.randn(TRAINING_BATCH, 3, RESOLUTION, RESOLUTION)
    labels = torch.arange(TRAINING_BATCH)
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-3, momentum=0.9)

    def call() -> None:
        optimizer.zero_grad()
        F.cross_entropy(network(images), labels).backward()
        optimizer.step()

    return call


def shares(build: Build, arch: str) -> Callable[[], tuple[tuple[str, float], ...]]:
    """Which operators take the time of a training step: the first of them, each with its share."""
    step = training(build, arch)

    def call() -> tuple[tuple[str, float], ...]:
        step()
        with profile(activities=[ProfilerActivity.CPU], acc_events=True) as profiler:
            step()
        seconds = {event.key: event.self_cpu_time_total for event in profiler.key_averages()}
        whole = sum(seconds.values())
        longest = sorted(seconds, key=seconds.get, reverse=True)[:OPERATORS]
        return tuple((name.removeprefix('aten::'), seconds[name] / whole) for name in longest)

    return call


def memory(build: Build, arch: str) -> Callable[[], tuple[int, int]]:
    """The memory of a step."""
    network = build(arch).train()
    images = torch.randn(TRAINING_BATCH, 3, RESOLUTION, RESOLUTION)
    return lambda: tuple(step_memory(network, images))


def builders(arch: str) -> dict[str, Build]:
    """Who is compared."""
    return {OURS: ours, **peers_of(arch)}


def compare(arch: str, *, rounds: int, threads: int) -> list[Group]:
    """All groups of a network."""
    first = next(iter(peers_of(arch)))
    peer, aim = AIMS.get(arch, (first, None))
    groups = []
    for batch in INFERENCE_BATCHES:
        makers: dict[str, Maker] = {
            name: (inference, (build, arch, batch)) for name, build in builders(arch).items()
        }
        title = f'{arch}: inference, batch {batch}'
        groups.append(_in_turn(title, makers, peer, rounds=rounds, threads=threads, images=batch))
    makers = {name: (training, (build, arch)) for name, build in builders(arch).items()}
    title = f'{arch}: training step, batch {TRAINING_BATCH}'
    aims = {OURS: aim} if aim else {}
    where = {OURS: _where(arch, threads)}
    groups.append(
        _in_turn(
            title, makers, peer, rounds=rounds, threads=threads, images=TRAINING_BATCH, aim=aims, notes=where
        )
    )
    return [*groups, *_kept(arch, peer, threads=threads)]


def _in_turn(
    title: str,
    makers: dict[str, Maker],
    peer: str,
    *,
    rounds: int,
    threads: int,
    images: int,
    aim: Mapping[str, float] | None = None,
    notes: Mapping[str, str] | None = None,
) -> Group:
    with contestants(makers, threads=threads) as calls:
        timings = interleave(calls, rounds=rounds, warm_up=3)
    return timed(title, timings, peer, images=images, aim=aim, notes=notes)


def _where(arch: str, threads: int) -> str:
    """Where our training step spends its time, in words."""
    with contestants({OURS: (shares, (ours, arch))}, threads=threads) as calls:
        return ', '.join(f'{name} {share:.0%}' for name, share in calls[OURS]()) + ' of the time of a step'


def _kept(arch: str, peer: str, *, threads: int) -> list[Group]:
    """What a step keeps, and its peak; also with blocks that are computed again."""
    who = {**builders(arch), CHECKPOINTED: partial(ours, with_cp=True)}
    found = {}
    for name, build in who.items():
        with contestants({name: (memory, (build, arch))}, threads=threads) as calls:
            found[name] = calls[name]()
    kept, peak = ({name: one[index] / MEBIBYTE for name, one in found.items()} for index in (0, 1))
    title = f'{arch}: training step, batch {TRAINING_BATCH}'
    return [
        counted(f'{title}, activations kept', kept, peer, unit='MiB', aim={CHECKPOINTED: 4.0}),
        counted(f'{title}, peak', peak, peer, unit='MiB'),
    ]


@click.command()
@click.option('--network', 'networks', multiple=True, default=tuple(TIMM), help='Variants; may be repeated.')
@click.option('--rounds', type=click.IntRange(1), default=11, show_default=True)
@click.option('--threads', type=click.IntRange(1), default=torch.get_num_threads(), show_default=True)
@click.option('--quick', is_flag=True, help='Three rounds.')
@click.option('--out', type=click.Path(path_type=Path), help='File for the result.')
def main(networks: tuple[str, ...], rounds: int, threads: int, quick: bool, out: Path | None) -> None:
    """Compare our networks with those of other projects."""
    rounds = 3 if quick else rounds
    groups = []
    for number, arch in enumerate(networks):
        click.echo(f'{arch} ({number + 1} of {len(networks)})', err=True)
        groups += compare(arch, rounds=rounds, threads=threads)
    note = f'{AUTHORS[0]} in the layout of its authors is written from what is known of its layers.'
    chosen = ''.join(f' --network {arch}' for arch in networks if networks != tuple(TIMM))
    command = f'python benchmarks/backbones.py --rounds {rounds}{chosen}'
    write('backbones', groups, command=command, threads=threads, out=out, note=note)


if __name__ == '__main__':
    main()
