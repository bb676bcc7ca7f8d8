"""Which samples the batch k of epoch e holds: the same for any number of workers and of processes.

The order is made as in one process with the total batch; a process takes its share of every batch.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from mmengine.dataset import InfiniteSampler
from torch.utils.data import BatchSampler, Sampler

from mmchan.data import seeding

_TURN = 1_000_003  # between the seeds of two orders of one run
_AT_ONCE = 64  # batches that are drawn at once: changing the generators costs more than drawing


@dataclass(frozen=True)
class Share:
    """The part of every global batch that a process takes.

    Attributes:
        rank: Number of the process, from 0.
        processes: How many there are, >= 1.
        together: Take neighbours; False takes every ``processes``-th sample, as MMEngine's samplers do.
    """

    rank: int = 0
    processes: int = 1
    together: bool = False

    def places(self, size: int) -> list[int]:
        """The places in a batch of ``size`` samples that the process takes, one at least.

        A last batch with fewer samples than processes is shared again from its beginning: every process must
        take part in every step.
        """
        if self.together and size % self.processes == 0:
            part = size // self.processes
            return list(range(self.rank * part, (self.rank + 1) * part))
        return [place % size for place in range(self.rank, max(size, self.rank + 1), self.processes)]


class GlobalBatches(Sampler):
    """Batch sampler of an epoch, or of a training without epochs, that can begin at any batch.

    Args:
        make: Makes the sampler of batches of a single process with the total batch; it has a ``sampler``. A
            new one is made for every pass: they may keep what an unfinished pass left in them.
        seed: The seed of the run.
        share: The part of this process.
        endless: Go on with another pass when the samples are used up.
    """

    def __init__(
        self, make: Callable[[], BatchSampler], *, seed: int, share: Share, endless: bool = False
    ) -> None:
        self._make = make
        self._batches = make()
        self._share = share
        self._endless = endless
        self._epoch = self._first = self._turn = 0
        self.seed = seed

    @property
    def sampler(self) -> Sampler:
        """What orders the samples; hooks look for it here."""
        return self._batches.sampler

    @property
    def batch_size(self) -> int:
        """Samples of a batch of this process, but for the last one."""
        return len(self._share.places(self.total_batch_size))

    @property
    def total_batch_size(self) -> int:
        """Samples of a batch of all processes."""
        size = self._batches.batch_size
        return size if isinstance(size, int) else sum(size)

    def __len__(self) -> int:
        return len(self._batches)

    def begin(self, epoch: int, first: int, *, turn: int = 0) -> None:
        """Let the next iteration begin inside an epoch; those after it begin at its first batch.

        Args:
            epoch: Number of the epoch; 0 for a training without epochs.
            first: Number of the first batch.
            turn: Another number gives another order.
        """
        self._epoch, self._first, self._turn = epoch, first, turn

    def __iter__(self) -> Iterator[seeding.Batch]:
        first, self._first = self._first, 0
        return self._shares(self._epoch, first)

    def _shares(self, epoch: int, first: int) -> Iterator[seeding.Batch]:
        for number, batch in enumerate(self._global_batches(epoch, first), first):
            key = (seeding.SAMPLE, self._turn, epoch, number)
            places = self._share.places(len(batch))
            yield seeding.Batch([batch[place] for place in places], [(*key, place) for place in places])

    def _global_batches(self, epoch: int, first: int) -> Iterable[list[int]]:
        if not self._endless or isinstance(self.sampler, InfiniteSampler):
            return itertools.islice(self._pass(epoch), first, None)
        passes, start = divmod(first, len(self))
        rest = itertools.chain.from_iterable(map(self._pass, itertools.count(passes)))
        return itertools.islice(rest, start, None)

    def _pass(self, epoch: int) -> Iterator[list[int]]:
        """The global batches of one pass; what samplers draw from the global generators is their own."""
        self._batches = self._make()
        self.sampler.seed = self.seed + _TURN * self._turn
        if hasattr(self.sampler, 'set_epoch'):
            self.sampler.set_epoch(epoch)
        source = iter(self._batches)
        for number in itertools.count():
            with seeding.own_random_numbers():
                seeding.seed_generators(self.seed, seeding.SAMPLER, self._turn, epoch, number)
                drawn = list(itertools.islice(source, _AT_ONCE))
            yield from drawn
            if len(drawn) < _AT_ONCE:
                return
