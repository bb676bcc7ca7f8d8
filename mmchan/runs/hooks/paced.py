"""Where the time of a training goes: a watch that costs a few assignments per iteration."""

from collections import deque
from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass, field
from time import perf_counter

from mmengine.dist import get_world_size, is_main_process
from mmengine.hooks import Hook
from mmengine.runner import Runner

WINDOW = 50  # iterations that figures of the moment are averaged over


@dataclass
class Pace:
    """Seconds and images of a training, in all and over the last iterations; validations do not count.

    Waiting is the time between the end of an iteration, with all that hooks do after it, and its successor's
    batch being there.
    """

    recent: deque[tuple[float, float, int]] = field(default_factory=lambda: deque(maxlen=WINDOW))
    waited: float = 0.0
    seconds: float = 0.0
    images: int = 0
    iterations: int = 0
    since: float = 0.0
    got: float = 0.0

    def wait(self) -> None:
        """The next batch is asked for."""
        self.since = perf_counter()

    def receive(self) -> None:
        """The batch is there."""
        self.got = perf_counter()

    def finish(self, images: int) -> None:
        """The iteration is done, and the next batch is asked for."""
        now = perf_counter()
        waited, seconds = self.got - self.since, now - self.since
        self.recent.append((waited, seconds, images))
        self.waited += waited
        self.seconds += seconds
        self.images += images
        self.iterations += 1
        self.since = now

    def share(self) -> float:
        """The share of the last iterations' time that was spent waiting."""
        return _ratio(sum(entry[0] for entry in self.recent), sum(entry[1] for entry in self.recent))

    def speed(self) -> float:
        """Images per second over the last iterations."""
        return _ratio(sum(entry[2] for entry in self.recent), sum(entry[1] for entry in self.recent))

    def mean_share(self) -> float:
        """The share of all time that was spent waiting."""
        return _ratio(self.waited, self.seconds)

    def mean_speed(self) -> float:
        """Images per second over all iterations."""
        return _ratio(self.images, self.seconds)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


class PacedHook(Hook):
    """A hook of the main process that knows the pace. It runs after all others, whose time is no waiting."""

    priority = 'LOWEST'

    def __init__(self) -> None:
        self.pace = Pace()
        self.runs = False
        self.processes = 1

    def before_train(self, runner: Runner) -> None:
        """Start anew."""
        self.runs = is_main_process()
        self.processes = get_world_size()
        self.pace = Pace()

    def before_train_epoch(self, runner: Runner) -> None:
        """The first batch is asked for."""
        self.pace.wait()

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch: object = None) -> None:
        """The batch is there."""
        self.pace.receive()

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: object = None, outputs: dict | None = None
    ) -> None:
        """Count the iteration and give it to :meth:`see_iteration`."""
        if self.runs:
            self.pace.finish(self.processes * images_of(data_batch))
            self.see_iteration(runner, batch_idx)

    def see_iteration(self, runner: Runner, batch_idx: int) -> None:
        """What is to be done in the main process after an iteration; cheap, as a rule nothing."""

    def after_val(self, runner: Runner) -> None:
        """A validation between two iterations is no waiting for data."""
        self.pace.wait()


def images_of(batch: object) -> int:
    """How many images a batch holds; 0 where it cannot be seen.

    >>> images_of({'inputs': ['a', 'b'], 'data_samples': []}), images_of((['a'], [3])), images_of(None)
    (2, 1, 0)
    """
    inputs = batch.get('inputs') if isinstance(batch, Mapping) else batch
    if isinstance(inputs, Mapping):  # a branch for each way of teaching
        return sum(len(branch) for branch in inputs.values() if isinstance(branch, Sized))
    if not isinstance(batch, Mapping) and isinstance(batch, Sequence) and batch:
        inputs = batch[0]
    return len(inputs) if isinstance(inputs, Sized) else 0
