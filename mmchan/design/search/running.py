"""Run a search: a sweep whose sampler may learn, then the conventions it is compared with."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from mmchan.design.samplers import RANDOM
from mmchan.design.search.conventions import CONVENTIONS, blocks_of, conventional
from mmchan.design.search.outcome import CONVENTIONS_FOLDER
from mmchan.design.spaces import Population
from mmchan.design.sweeps.pools import Pool
from mmchan.design.sweeps.running import Ended, run_sweep
from mmchan.design.sweeps.settings import Sweep
from mmchan.design.sweeps.view import Display
from mmchan.errors import InputError


def run_search(
    sweep: Sweep,
    folder: Path,
    *,
    workers: Callable[[], Pool],
    retry_failed: bool = False,
    display: Callable[[], Display],
) -> Ended:
    """Run all trials of a search that are not recorded yet, those of the conventions last.

    Args:
        sweep: The search.
        folder: Where its results are, and go; the conventions have a folder in it.
        workers: As for :func:`mmchan.design.sweeps.running.run_sweep`; so is the rest.
        retry_failed: Also run those again that failed.
        display: Makes what says how far it is.

    Raises:
        InputError: As there; for conventions that are named but do not fit the space, before anything runs.
    """
    compared = with_conventions(sweep)
    ended = run_sweep(sweep, folder, workers=workers, retry_failed=retry_failed, display=display())
    if ended.signal or compared is None:
        return ended
    beside = folder / CONVENTIONS_FOLDER
    after = run_sweep(compared, beside, workers=workers, retry_failed=retry_failed, display=display())
    return replace(ended, signal=after.signal)


def with_conventions(sweep: Sweep) -> Sweep | None:
    """The sweep of the conventions of a search; None where there are none.

    Raises:
        InputError: For conventions that are named but do not fit the space.
    """
    networks = conventions_of(sweep)
    if not networks:
        return None
    different = {one.ids[0]: one for one in networks.values()}
    first, *others = different.values()
    return replace(
        sweep,
        name=f'{sweep.name}: conventions',
        count=len(different),
        sampler=RANDOM,
        given=first.followed_by(*others),
        names={name: str(one.ids[0]) for name, one in networks.items()},
    )


def conventions_of(sweep: Sweep) -> Mapping[str, Population]:
    """The conventional configurations of a search by name: those it names, or all that its space allows."""
    if sweep.conventions is not None:
        return {name: conventional(name, sweep.space) for name in sweep.conventions}
    try:
        blocks_of(sweep.space)
    except InputError:  # nothing was asked for
        return {}
    return {name: conventional(name, sweep.space) for name in CONVENTIONS}
