"""What it takes to load and augment an ImageNet-sized photograph on one core, beside mmpretrain and others.

    python benchmarks/pipeline.py

Crops of scikit-image's photographs, with the size and quality of ImageNet's files, go through the training
pipelines of RegNet and ReXNet: mmpretrain's, and ours as a training runs it, with the same random numbers.
Then every stage by itself, beside what other libraries offer for it. One thread; the clock counts processor
time, which other programs disturb less, and the system's share of it.

albumentations is measured where it can be imported. It asks for an OpenCV of its own, which would write over
the files of ours: install it with --no-deps --target FOLDER, as what it needs, and name FOLDER in PYTHONPATH.
"""

import contextlib
import functools
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

os.environ.setdefault('OMP_NUM_THREADS', '1')  # before NumPy and torch are there

import alternatives
import click
import cv2
import mmpretrain.datasets  # noqa: F401 (registers its transforms)
import numpy as np
import photographs
import torch
from mmengine.config import Config
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope
from timed import timed, write

from mmchan.data.faster import faster_transforms
from mmchan.measure.timing import interleave
from mmchan.runs.hooks.broken_images import skip_broken_images

ROOT = Path(__file__).parents[1]
COMMAND = 'python benchmarks/pipeline.py'
RECIPES = {
    'RegNet': 'regnet/regnetx-400mf_8xb128_in1k.py',
    'ReXNet': 'rexnet/rexnet-1.0x_4xb128_in1k.py',
}
AIM = 1.3
PEER, OURS = 'mmpretrain', 'mmchan'
NOTE = 'processor time on one thread.'


class Bench:
    """Times functions on the same photographs.

    Args:
        rounds: Of every group.
        seed: Of the random numbers, the same for all that are compared.
    """

    def __init__(self, *, rounds: int, seed: int) -> None:
        self.rounds, self.seed, self.groups = rounds, seed, []

    def add(
        self, title: str, calls: alternatives.Calls, items: Sequence, *, ours: Sequence | None = None
    ) -> None:
        """Time functions of one item on all items, in turn; the first is the others' peer.

        Args:
            title: Of the group.
            calls: Name -> a function.
            items: What they are called with.
            ours: Other items for ours.
        """
        whole = {
            name: self._of_all(call, items if ours is None or name != OURS else ours, faster=name == OURS)
            for name, call in calls.items()
        }
        timings = interleave(whole, rounds=self.rounds, clock=time.process_time)
        aim = {OURS: AIM} if OURS in calls else {}
        self.groups.append(timed(title, timings, next(iter(calls)), images=len(items), aim=aim))

    def _of_all(self, call: Callable, items: Sequence, *, faster: bool) -> Callable[[], None]:
        def all_of_them() -> None:
            np.random.seed(self.seed)  # the transforms draw from the global generators
            torch.manual_seed(self.seed)
            with faster_transforms() if faster else contextlib.nullcontext():
                for item in items:
                    call(item)

        return all_of_them


class Pipelines:
    """mmpretrain's pipeline and ours, which do the same at every step.

    Args:
        recipe: A config of ours.
        folder: For what a training writes.
    """

    def __init__(self, recipe: str, folder: Path) -> None:
        cfg = Config.fromfile(ROOT / 'configs' / recipe)
        cfg.work_dir = str(folder)
        dataset = cfg.train_dataloader.dataset
        theirs = [_of_mmpretrain(step) for step in dataset.pipeline]
        skip_broken_images(cfg)
        self.steps = [Compose([step]) for step in theirs], [Compose([step]) for step in dataset.pipeline]

    def whole(self) -> alternatives.Calls:
        """Both, from a path to what the loader collects."""
        theirs, ours = (functools.partial(_through, steps) for steps in self.steps)
        return {PEER: theirs, OURS: ours}

    def stages(self, paths: Sequence[Path]) -> Iterator[tuple[str, alternatives.Calls, list[list[dict]]]]:
        """Name of a stage, both ways, and what the stages before it made of the photographs on either."""
        samples = [[_sample(path) for path in paths]] * 2
        for theirs, ours in zip(*self.steps, strict=True):
            name = type(theirs.transforms[0]).__name__
            yield name, {PEER: _on_copy(theirs), OURS: _on_copy(ours)}, samples
            with faster_transforms():
                after = [ours(sample) for sample in samples[1]]
            samples = [[theirs(sample) for sample in samples[0]], after]


def _of_mmpretrain(step: dict) -> dict:
    """A step as mmpretrain's own config of the recipe has it."""
    pillow = {'backend': 'pillow'} if step['type'] == 'mmchan.RandomResizedCrop' else {}
    return {**step, 'type': step['type'].removeprefix('mmchan.'), **pillow}


def _sample(path: Path) -> dict:
    return {'img_path': str(path), 'gt_label': 1, 'sample_idx': 0}


def _through(steps: Sequence[Callable[[dict], dict]], path: Path) -> dict:
    sample = _sample(path)
    for step in steps:
        sample = step(sample)
    return sample


def _on_copy(step: Callable[[dict], dict]) -> Callable[[dict], dict]:
    """A step for samples that are used again: RandomErasing writes into the image."""

    def call(sample: dict) -> dict:
        return step({name: value.copy() if name == 'img' else value for name, value in sample.items()})

    return call


def measure_pipelines(bench: Bench, paths: Sequence[Path], folder: Path) -> None:
    """Whole pipelines, then stage by stage."""
    for name, recipe in RECIPES.items():
        pipelines = Pipelines(recipe, folder)
        others = {'torchvision v2': alternatives.by_torchvision()} if name == 'ReXNet' else {}
        bench.add(f"{name}'s pipeline for training", {**pipelines.whole(), **others}, paths)
        for stage, calls, samples in pipelines.stages(paths):
            bench.add(f'{name}: {stage}', calls, samples[0], ours=samples[1])


def measure_alternatives(bench: Bench, paths: Sequence[Path]) -> None:
    """What else there is for a stage."""
    contents = [path.read_bytes() for path in paths]
    bench.add('Decoding', alternatives.DECODERS, contents)
    images = [alternatives.DECODERS[alternatives.OPENCV](content) for content in contents]
    crops = [image[10:-20, 30:-40] for image in images]
    bench.add('Resizing a crop to 224 x 224, bilinear', alternatives.linear_resizers(), crops)
    bench.add('Resizing a crop to 224 x 224, bicubic without aliasing', alternatives.cubic_resizers(), crops)
    small = [cv2.resize(crop, alternatives.SIZE) for crop in crops]
    for name, calls in alternatives.operations().items():
        bench.add(f'RandAugment: {name}', calls, small)
    bench.add('RandAugment: rotation', alternatives.warps(), small)
    bench.add('Packing', alternatives.PACKERS, small)
    batches = [alternatives.PACKERS[alternatives.TORCH](image)[None] for image in small]
    bench.add('Normalising', alternatives.normalisers(), batches)


@click.command()
@click.option('--count', default=64, show_default=True, help='Photographs.')
@click.option('--rounds', default=9, show_default=True, help='Readings of every call.')
@click.option('--seed', default=0, show_default=True, help='Of crops, qualities and augmentations.')
@click.option('--out', type=click.Path(path_type=Path), help='Another file for the results.')
def main(count: int, rounds: int, seed: int, out: Path | None) -> None:
    """Measure pipelines, stages and alternatives; write benchmarks/results/pipeline.json."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    init_default_scope('mmpretrain')
    bench = Bench(rounds=rounds, seed=seed)
    with tempfile.TemporaryDirectory() as folder:
        paths = photographs.write(Path(folder), count=count, seed=seed)
        kilobytes = sum(path.stat().st_size for path in paths) / count / 1e3
        measure_pipelines(bench, paths, Path(folder))
        measure_alternatives(bench, paths)
    note = f'Times of {count} photographs of about 500 x 375 pixels, {kilobytes:.0f} kB each; {NOTE}'
    write('pipeline', bench.groups, command=COMMAND, threads=1, out=out, note=note)


if __name__ == '__main__':
    main()
