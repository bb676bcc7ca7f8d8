"""How far a sweep is."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping


class Progress:
    """What is done of a sweep, what failed and why, the best network so far, the time to go.

    Args:
        name: Of the sweep.
        total: Its trials.
        rows: Those that were recorded before this start.
    """

    def __init__(self, name: str, total: int, rows: Iterable[Mapping[str, object]] = ()) -> None:
        self.name, self.total = name, total
        self.done = 0
        self.failed: Counter[str] = Counter()
        self.best: Mapping[str, object] | None = None
        self.running = 0
        self.begin = time.monotonic()
        self.before = 0
        for row in rows:
            self.add_earlier(row)

    def start(self) -> None:
        """Count time from now on: the workers are there."""
        self.begin = time.monotonic()

    @property
    def recorded(self) -> int:
        """Trials that are done or failed."""
        return self.done + self.failed.total()

    @property
    def elapsed(self) -> float:
        """Seconds since this start."""
        return time.monotonic() - self.begin

    @property
    def rate(self) -> float:
        """Trials a second, in this start."""
        return (self.recorded - self.before) / max(self.elapsed, 1e-9)

    @property
    def remaining(self) -> float | None:
        """Seconds to the end as far as one can tell; None before a trial has ended in this start."""
        left = self.total - self.recorded
        return left / self.rate if self.rate else None if left else 0.0

    def add_earlier(self, row: Mapping[str, object]) -> None:
        """Take in a row that was recorded before this start: it says nothing of its speed."""
        self.add(row)
        self.before += 1

    def add(self, row: Mapping[str, object]) -> None:
        """Take in a row of the table."""
        if row['status'] == 'failed':
            self.failed[row['cause']] += 1
            return
        self.done += 1
        # one that trained a part of the time is no rival of one that trained to the end
        rank = (row['budget'] != 'full', row['last'])
        if self.best is None or rank < (self.best['budget'] != 'full', self.best['last']):
            self.best = row
