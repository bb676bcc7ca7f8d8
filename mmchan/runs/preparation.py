"""Before a run: write embedded data that is absent, find what is wrong, stop with all of it."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from mmengine.config import Config
from mmengine.logging import print_log

from mmchan.checks.annotations import check_annotations
from mmchan.checks.colours import check_colours
from mmchan.checks.data import check_data, embedded_in
from mmchan.checks.walk import leaf_datasets
from mmchan.data.embedded import write_absent
from mmchan.findings import FAIL, WARN, Finding, stop_at
from mmchan.runs.newest import passed_over


def prepare(cfg: Config, loaders: Sequence[str]) -> list[Finding]:
    """Write the embedded data that a run needs and that is absent; then check all that can be checked.

    Args:
        cfg: The config of a run.
        loaders: Names of the data loaders that the run uses.

    Returns:
        What the log of the run should tell, see :func:`tell`: nothing that would make the run worthless.

    Raises:
        InputError: With everything that would.
    """
    findings = [
        *_write_data(cfg, loaders),
        *check_data(cfg, loaders),
        *check_annotations(cfg, loaders),
        *check_colours(cfg),
        *_passed_over(cfg),
    ]
    if any(finding.state == FAIL for finding in findings):
        tell(finding for finding in findings if finding.state != FAIL)
        stop_at(findings)
    return findings


def tell(findings: Iterable[Finding]) -> None:
    """Log findings, which stand in the file of a run as soon as its Runner is built."""
    for finding in findings:
        level = logging.WARNING if finding.state == WARN else logging.INFO
        print_log(str(finding), logger='current', level=level)


def _passed_over(cfg: Config) -> list[Finding]:
    """Which checkpoints ``--resume`` did not take."""
    chosen = cfg.get('load_from')
    return passed_over(cfg.work_dir, chosen) if cfg.get('resume') and chosen else []


def _write_data(cfg: Config, loaders: Iterable[str]) -> Iterator[Finding]:
    """Write embedded data sets where nothing stands in their place, several processes at once if need be."""
    for name in loaders:
        for dataset in leaf_datasets(cfg.get(name)):
            embedded = embedded_in(dataset)
            written = embedded and write_absent(embedded, Path(dataset['data_root']))
            if written:
                yield written
