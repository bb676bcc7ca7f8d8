"""Run a sweep: what is planned less what is recorded is handed out, until all is recorded."""

import contextlib
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from mmchan.design.sweeps import folder as layout
from mmchan.design.sweeps.plan import Trial, task_of, trials_of
from mmchan.design.sweeps.pools import Attempt, Pool, WorkersLostError
from mmchan.design.sweeps.progress import Progress
from mmchan.design.sweeps.rounds import rounds
from mmchan.design.sweeps.settings import Sweep
from mmchan.design.sweeps.table import Table
from mmchan.design.sweeps.view import Display, NoDisplay
from mmchan.runs.stopping import StopRequest, stop_requests

LOOK = 0.5  # seconds between looks at requests to stop, and drawings
# of a trial that is ended from outside; what needs too much memory may find more once, beside others
TRIES = {'crash': 5, 'memory': 2}
STARTS = 20  # of workers in a row that are ended before they are ready


@dataclass(frozen=True)
class Ended:
    """How the running of a sweep ended.

    Attributes:
        progress: What is done.
        signal: Name of the signal that asked it to stop; '' where it ran to its end.
    """

    progress: Progress
    signal: str = ''


def run_sweep(
    sweep: Sweep,
    folder: Path,
    *,
    workers: Callable[[], Pool],
    retry_failed: bool = False,
    display: Display | None = None,
) -> Ended:
    """Run all trials of a sweep that are not recorded yet.

    Args:
        sweep: The sweep.
        folder: Where its results are, and go.
        workers: Opens the pool; called where there is something to do.
        retry_failed: Also run those again that failed.
        display: Where it says how far it is; nowhere by default.

    Raises:
        InputError: For a folder of another sweep, too few networks, workers that cannot run, a full disk.
            What was recorded stays.
    """
    display = display or NoDisplay()
    with layout.locked(folder):
        layout.prepare(folder, sweep)
        table = Table(layout.table_file(folder))
        if table.broken:
            numbers = ', '.join(str(number) for number, _ in table.broken)
            display.say(
                f'broken lines of {table.path} ({numbers}) went to {table.broken_path.name}; '
                'their trials run again'
            )
        running = _Running(sweep, folder, table, display)
        with contextlib.closing(table), display:
            signal = running.run(workers, retry_failed=retry_failed)
            if not signal:
                table.finish(running.names)
    return Ended(running.progress, signal)


class _Running:
    """One start of a sweep."""

    def __init__(self, sweep: Sweep, folder: Path, table: Table, display: Display) -> None:
        self.sweep, self.folder, self.table, self.display = sweep, folder, table, display
        self.progress = Progress(sweep.name, trials_of(sweep))
        self.names: list[str] = []  # of the trials of all rounds, in order
        self.tries: Counter[str] = Counter()
        self.failed_starts = 0

    def run(self, workers: Callable[[], Pool], *, retry_failed: bool) -> str:
        """Run all rounds to the end, or until a request to stop; its name."""
        with contextlib.ExitStack() as stack:
            opened: tuple[Pool, StopRequest] | None = None
            for trials in rounds(self.sweep, self.folder, self.table.rows):
                waiting = self._waiting(trials, retry_failed)
                if waiting and opened is None:
                    # Ray takes signals to itself when it starts, hence it first
                    pool = stack.enter_context(workers())
                    opened = pool, stack.enter_context(stop_requests(quiet=True))
                    self.progress.start()
                if waiting and not self._run_round(waiting, *opened):
                    return opened[1].signal.name
        return ''

    def _waiting(self, trials: list[Trial], retry_failed: bool) -> list[Trial]:
        """The trials of a round that are not recorded yet."""
        self.names += [trial.name for trial in trials]
        waiting = []
        for trial in trials:
            row = self.table.rows.get(trial.name)
            if row is None or (retry_failed and row['status'] == 'failed'):
                waiting.append(trial)
            else:
                self.progress.add_earlier(row)
        return waiting

    def _run_round(self, trials: list[Trial], pool: Pool, request: StopRequest) -> bool:
        """Run trials until all are recorded, or until a request to stop; whether all are."""
        by_name = {trial.name: trial for trial in trials}
        waiting = deque(trials)
        self.display.show(self.progress)
        while (waiting or pool.running) and not request:
            places = pool.places
            while waiting and len(pool.running) < places:
                pool.submit(task_of(waiting.popleft(), self.sweep, self.folder))
            self.progress.running = len(pool.running)
            self.display.show(self.progress)
            for task, found in pool.wait(LOOK):
                again = self._take(by_name[task.trial], found, request)
                waiting.extend([by_name[task.trial]] if again else [])
        self.progress.running = 0
        return not waiting and not pool.running

    def _take(self, trial: Trial, found: Attempt, request: StopRequest) -> bool:
        """Record what came of a trial; whether it shall be tried again instead."""
        if found.cause and request:  # perhaps because of the request
            return True
        if not found.begun:
            self._count_start(found)
            return True
        self.failed_starts = 0
        if found.outside:
            self.tries[trial.name] += 1
            if self.tries[trial.name] < TRIES[found.cause]:
                self.display.say(f'{trial.name} is tried again: {found.message}')
                return True
            found = replace(found, message=f'{found.message} ({TRIES[found.cause]} times)')
        self._keep_details(trial, found)
        row = result_row(trial, found, self.sweep)
        self.table.append(row)
        self.progress.add(row)
        self.display.ended(row)
        self.display.show(self.progress)
        return False

    def _count_start(self, found: Attempt) -> None:
        """Give up where no worker comes to work any more."""
        self.failed_starts += 1
        if self.failed_starts >= STARTS:
            raise WorkersLostError(f'workers end before they are ready: {found.message}; {found.details}')

    def _keep_details(self, trial: Trial, found: Attempt) -> None:
        """Keep the traceback of a failure; of one that was tried again with success, none."""
        path = layout.details_file(self.folder, trial.name)
        with contextlib.suppress(OSError):  # the row says the cause, and is what has to be kept
            path.unlink(missing_ok=True)
            if found.cause is None:
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f'{found.cause}: {found.message}\n\n{found.details}', encoding='utf-8')


def result_row(trial: Trial, found: Attempt, sweep: Sweep) -> dict[str, object]:
    """The row of a trial in the table.

    Args:
        trial: What was run.
        found: What came of it.
        sweep: Whose it is.
    """
    network = {name: value for name, value in trial.network.items() if name != 'id'}
    outcome = found.outcome
    errors = outcome.errors if outcome else []
    return {
        'trial': trial.name,
        'index': trial.index,
        'network': trial.network['id'],
        'repeat': trial.repeat,
        'budget': trial.budget,
        'seed': trial.seed,
        **network,
        'status': 'failed' if found.cause else 'done',
        'cause': found.cause,
        'message': found.message,
        'epochs': list(outcome.epochs) if outcome else [],
        'errors': list(errors),
        'losses': list(outcome.losses) if outcome else [],
        'last': errors[-1] if errors else None,
        'minimum': min(errors) if errors else None,
        'test': outcome.test if outcome else None,
        'path': outcome.path if outcome else sweep.path,
        'config': sweep.config_digest,
        'seconds': round(found.seconds, 3),
        'started': found.started,
        'host': found.host,
        'pid': found.pid,
        'versions': found.versions,
    }
