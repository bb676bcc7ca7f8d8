"""Everything that can be said about a config before anything runs, each with the line that set it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mmengine.config import Config

from mmchan.checks.config.keys import check_keys
from mmchan.checks.config.meaning import check_meaning
from mmchan.checks.config.sources import Sources
from mmchan.checks.config.trial import check_trial
from mmchan.findings import FAIL, Finding


def check_config(
    cfg: Config, loaders: Iterable[str], *, sources: Sources | None = None, processes: int = 0
) -> list[Finding]:
    """Check keys, arguments and values of a config, what they mean together, and whether it can be built.

    Args:
        cfg: The config.
        loaders: Names of the data loaders that are to be used.
        sources: The files that the config was read from; None leaves the places out.
        processes: Processes that train together; 0 where that is not known.

    Returns:
        Every finding once, its key with the file and the line that set it.
    """
    loaders = list(loaders)
    found = [*check_keys(cfg, sources), *check_meaning(cfg, loaders, processes=processes)]
    found += _not_due_to(found, check_trial(cfg, loaders))
    return [located(finding, sources) for finding in dict.fromkeys(found)]


def located(finding: Finding, sources: Sources | None) -> Finding:
    """A finding whose key is followed by the place that set it, where that is known."""
    place = sources.place(finding.where) if sources else ''
    return replace(finding, where=f'{finding.where} ({place})') if place else finding


def _not_due_to(known: list[Finding], tried: Iterable[Finding]) -> Iterator[Finding]:
    """What only the trial found: a part with a fault in it, or within one, says the same again."""
    faults = [finding.where for finding in known if finding.state == FAIL]
    return (finding for finding in tried if not any(_nested(finding.where, fault) for fault in faults))


def _nested(one: str, other: str) -> bool:
    """Whether one of two keys leads through the other."""
    inner, outer = sorted((one, other), key=len, reverse=True)
    return inner.startswith(outer) and inner[len(outer) : len(outer) + 1] in ('', '.', '[')
