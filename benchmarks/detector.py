"""Where does an iteration of Mask R-CNN go, and what is our way to compute it worth?

    python benchmarks/detector.py

Trains the Mask R-CNN of digits-coco for some iterations, each way in a process of its own, A B, B A, …:

- plain: as MMEngine and mmdet build it: NCHW, mmcv's RoIAlign, the allocator of the system;
- mmchan: as ``mmchan train`` arranges it.

An iteration is taken apart by what takes its time: every part without those that it calls. The backward pass
is divided where the gradients of the neck's and of the backbone's maps are known.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from time import perf_counter

import click
import torch
from contestants import contestants
from mmengine.logging import MMLogger
from mmengine.optim import OptimWrapper, build_optim_wrapper
from mmengine.registry import MODELS, init_default_scope
from timed import MILLISECONDS, Group, Row, timed, write
from torch import nn
from torch.utils.data import DataLoader

from mmchan import compat
from mmchan.home import home
from mmchan.measure.timing import Timing, interleave
from mmchan.process.allocator import keep_freed_memory
from mmchan.runs.config import config_to_train
from mmchan.runs.preparation import write_data
from mmchan.runs.runner import ExactRunner
from mmchan.runs.speed import arrange

CONFIG = 'configs/mask_rcnn/mask-rcnn_rexnet-1.0x_fpn_1xb8_digits-coco.py'
PLAIN, OURS = 'plain', 'mmchan'
AIM = 1 / 0.7  # 30 % less time
ROI_ALIGN_NODES = ('RoIAlignFunctionBackward', '_SparseProductBackward')  # mmcv's and ours
PARTS = (
    'data',
    'backbone, forward',
    'backbone, backward',
    'neck, forward',
    'neck, backward',
    'RPN, forward',
    'RoI heads, forward',
    'RPN and RoI heads, backward',
    'RoIAlign, forward',
    'RoIAlign, backward',
    'optimizer',
    'other',
)


class Stopwatch:
    """Says how long each of PARTS took; the time of a part within another counts for the inner one only."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(PARTS, 0.0)
        self._running: list[str] = []
        self._since = 0.0

    def begin(self, part: str) -> None:
        """Let a part begin, within the one that is running if there is one."""
        self._note()
        self._running.append(part)

    def end(self) -> None:
        """Let the innermost part end."""
        self._note()
        self._running.pop()

    def change(self, part: str) -> None:
        """Let another part begin where the innermost ends."""
        self.end()
        self.begin(part)

    def _note(self) -> None:
        now = perf_counter()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now

    @contextmanager
    def running(self, part: str) -> Iterator[None]:
        """Time what is within."""
        self.begin(part)
        try:
            yield
        finally:
            self.end()

    def watch(self, owner: object, method: str, part: str) -> None:
        """Time every call of a method of an object."""
        call = getattr(owner, method)

        @wraps(call)
        def watched(*args: object, **kwargs: object) -> object:
            with self.running(part):
                return call(*args, **kwargs)

        setattr(owner, method, watched)


def watch_training(stopwatch: Stopwatch, model: nn.Module, wrapper: OptimWrapper) -> None:
    """Let a stopwatch see the parts of an iteration of a two-stage detector of mmdet."""
    stopwatch.watch(model.backbone, 'forward', 'backbone, forward')
    stopwatch.watch(model.neck, 'forward', 'neck, forward')
    stopwatch.watch(model.rpn_head, 'loss_and_predict', 'RPN, forward')
    stopwatch.watch(model.roi_head, 'loss', 'RoI heads, forward')
    stopwatch.watch(wrapper, 'backward', 'RPN and RoI heads, backward')
    for method in ('step', 'zero_grad'):
        stopwatch.watch(wrapper, method, 'optimizer')
    for layer in model.modules():
        if type(layer).__name__ == 'RoIAlign':
            stopwatch.watch(layer, 'forward', 'RoIAlign, forward')
            layer.register_forward_hook(lambda _, inputs, bins: _watch_node(stopwatch, bins.grad_fn))
    model.neck.register_forward_pre_hook(
        lambda _, inputs: (_watch_gradients(stopwatch, inputs[0], 'backbone, backward'),)
    )
    model.neck.register_forward_hook(
        lambda _, inputs, maps: _watch_gradients(stopwatch, maps, 'neck, backward')
    )


def _watch_gradients(stopwatch: Stopwatch, maps: Sequence[torch.Tensor], part: str) -> tuple:
    """Maps as good as those given; a part begins when the gradients of all of them are known.

    Others, because the gradient of a map that the backbone goes on with is known only with that of what it
    makes of it.
    """
    missing = set(range(len(maps)))

    def known(index: int) -> None:
        missing.discard(index)
        if not missing:
            stopwatch.change(part)

    others = tuple(one.view_as(one) for one in maps)
    for index, one in enumerate(others):
        one.register_hook(lambda _, index=index: known(index))
    return others


def _watch_node(stopwatch: Stopwatch, node: torch.autograd.graph.Node) -> None:
    """Time the node of RoIAlign's backward pass, which only reshapes its result before ``node``."""
    while node.name() not in ROI_ALIGN_NODES:
        node = node.next_functions[0][0]
    node.register_prehook(lambda gradients: stopwatch.begin('RoIAlign, backward'))
    node.register_hook(lambda before, after: stopwatch.end())


def batches(loader: DataLoader) -> Iterator[dict]:
    """Batches without an end."""
    while True:
        yield from loader


def make(way: str, config: str) -> Callable[[], tuple[float, ...]]:
    """A call that trains an iteration and gives the seconds of PARTS."""
    compat.apply()
    cfg = config_to_train(home() / config, validate=False)
    list(write_data(cfg, ['train_dataloader']))
    init_default_scope(cfg.default_scope)
    MMLogger.get_current_instance().setLevel('WARNING')  # a line of each parameter's first value
    model = MODELS.build(cfg.model)
    model.init_weights()
    if way == OURS:
        keep_freed_memory()
        arrange(model, cfg)
    wrapper = build_optim_wrapper(model.train(), cfg.optim_wrapper)
    given = batches(ExactRunner.build_dataloader(cfg.train_dataloader, seed=0))

    def iterate() -> tuple[float, ...]:
        stopwatch.seconds = dict.fromkeys(PARTS, 0.0)
        with stopwatch.running('data'):
            batch = next(given)
        with stopwatch.running('other'):
            model.train_step(batch, wrapper)
        return tuple(stopwatch.seconds.values())

    stopwatch = Stopwatch()
    watch_training(stopwatch, model, wrapper)
    return iterate


def compare(config: str, rounds: int, warm_up: int, threads: int) -> dict[str, list[tuple[float, ...]]]:
    """Name of a way -> seconds of PARTS in every round."""
    found: dict[str, list[tuple[float, ...]]] = {PLAIN: [], OURS: []}
    with contestants({way: (make, (way, config)) for way in found}, threads=threads) as calls:
        noted = {way: _noting(call, found[way]) for way, call in calls.items()}
        interleave(noted, rounds=rounds, warm_up=warm_up)
    return {way: seconds[-rounds:] for way, seconds in found.items()}


def _noting(call: Callable[[], tuple[float, ...]], found: list) -> Callable[[], None]:
    return lambda: found.append(call())


def taken_apart(found: Mapping[str, Sequence[tuple[float, ...]]]) -> Group:
    """The parts of our iteration, each beside the same part of the plain one."""
    columns = {way: [Timing(column) for column in zip(*found[way], strict=True)] for way in found}
    total = sum(part.median for part in columns[PLAIN])
    rows = []
    for name, plain, ours in zip(PARTS, columns[PLAIN], columns[OURS], strict=True):
        ratio = ours.speed_over(plain)
        value = (ours.low * 1e3, ours.median * 1e3, ours.high * 1e3)
        note = f'{plain.median * 1e3:.3g} ms when {PLAIN}, {plain.median / total:.0%} of its iteration'
        rows.append(Row(name, value, (ratio.low, ratio.median, ratio.high), note=note))
    title = f'Mask R-CNN on digits-coco: the parts of an iteration of {OURS}'
    return Group(title, PLAIN, MILLISECONDS, tuple(rows), aim={})


@click.command()
@click.option('--config', default=CONFIG, show_default=True)
@click.option('--rounds', type=click.IntRange(1), default=20, show_default=True, help='Iterations of each.')
@click.option('--warm-up', type=click.IntRange(1), default=5, show_default=True, help='Those not counted.')
@click.option('--threads', type=click.IntRange(1), default=torch.get_num_threads(), show_default=True)
def main(config: str, rounds: int, warm_up: int, threads: int) -> None:
    """Take iterations apart, print and keep what was found."""
    found = compare(config, rounds, warm_up, threads)
    whole = {way: Timing(tuple(map(sum, seconds))) for way, seconds in found.items()}
    title = 'Mask R-CNN on digits-coco: an iteration of 8 images of 160 px'
    groups = [timed(title, whole, PLAIN, images=8, aim={OURS: AIM}), taken_apart(found)]
    write('detector', groups, command='python benchmarks/detector.py', threads=threads)


if __name__ == '__main__':
    main()
