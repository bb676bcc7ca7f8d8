"""What every pool of workers can do."""

from abc import ABC, abstractmethod

from mmchan.design.sweeps.pools.attempt import Attempt
from mmchan.design.trials import Task
from mmchan.errors import InputError


class WorkersLostError(InputError):
    """What hands out the trials has ended; the sweep goes on when it is started again."""

    exit_code = 75  # EX_TEMPFAIL of sysexits.h


Finished = tuple[Task, Attempt]


class Pool(ABC):
    """Workers that are given trials. A ``with`` block ends them."""

    @property
    @abstractmethod
    def places(self) -> int:
        """How many trials it runs at once; of a cluster it may change."""

    @property
    @abstractmethod
    def running(self) -> list[Task]:
        """The trials that are not done."""

    @abstractmethod
    def submit(self, task: Task) -> None:
        """Start a trial; there must be a place for it."""

    @abstractmethod
    def wait(self, seconds: float) -> list[Finished]:
        """The trials that are done, as soon as one is; none after some seconds, or somewhat later.

        Raises:
            InputError: Where the workers cannot run at all.
        """

    @abstractmethod
    def close(self) -> None:
        """End the workers and whatever they do, at once."""

    def __enter__(self) -> 'Pool':
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
