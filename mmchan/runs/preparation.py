"""Before a run: write embedded data that is absent, find what is wrong, stop with all of it."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from mmengine.config import Config
from mmengine.logging import print_log

from mmchan.checks.annotations import check_annotations
from mmchan.checks.colours import check_colours
from mmchan.checks.config.check import check_config, located
from mmchan.checks.config.sources import Sources
from mmchan.checks.data import check_data, embedded_in
from mmchan.checks.walk import leaf_datasets
from mmchan.data.embedded import write_absent
from mmchan.findings import FAIL, WARN, Finding, stop_at, tolerated
from mmchan.runs.newest import passed_over

ADVICE = 'With --no-strict, those in the config are only warnings.'
LOADERS = ('train_dataloader', 'val_dataloader', 'test_dataloader')


def loaders_of(cfg: Config, purpose: str) -> list[str]:
    """Names of the data loaders that a run uses: of a 'train', a 'test', or 'all' that a config has."""
    if purpose == 'test':
        return ['test_dataloader']
    if purpose == 'train':
        return ['train_dataloader', *(['val_dataloader'] if cfg.get('val_cfg') is not None else [])]
    return [name for name in LOADERS if cfg.get(name) is not None]


def sources_of(cfg: Config, cfg_options: Mapping | None = None) -> Sources | None:
    """The files that a config was read from, and what was set besides; None for one made in memory."""
    return Sources.of(cfg.filename, cfg_options) if Path(cfg.filename or '').is_file() else None


def prepare(
    cfg: Config,
    loaders: Sequence[str],
    *,
    cfg_options: Mapping | None = None,
    processes: int = 0,
    strict: bool = True,
) -> list[Finding]:
    """Check all that can be checked; write the embedded data that a run needs and that is absent.

    Args:
        cfg: The config of a run.
        loaders: Names of the data loaders that the run uses.
        cfg_options: What ``--cfg-options`` set, so that findings can tell it from what the files say.
        processes: Processes that train together; 0 where that is not known.
        strict: False goes on in spite of faults in the config; those in the data stay.

    Returns:
        What the log of the run should tell, see :func:`tell`: nothing that would make the run worthless.

    Raises:
        InputError: With everything that would.
    """
    sources = sources_of(cfg, cfg_options)
    in_config = examine_config(cfg, loaders, sources=sources, processes=processes, strict=strict)
    is_faulty = any(finding.state == FAIL for finding in in_config)
    written = [] if is_faulty else list(write_data(cfg, loaders))
    findings = [*written, *in_config, *examine_data(cfg, loaders, sources=sources), *_passed_over(cfg)]
    if any(finding.state == FAIL for finding in findings):
        tell(finding for finding in findings if finding.state != FAIL)
        stop_at(findings, ADVICE if is_faulty else '')
    return findings


def examine_config(
    cfg: Config,
    loaders: Sequence[str],
    *,
    sources: Sources | None = None,
    processes: int = 0,
    strict: bool = True,
) -> list[Finding]:
    """What is wrong in a config; with ``strict=False`` every fault is a warning. As for :func:`prepare`."""
    findings = check_config(cfg, loaders, sources=sources, processes=processes)
    return findings if strict else tolerated(findings)


def examine_data(cfg: Config, loaders: Sequence[str], *, sources: Sources | None = None) -> list[Finding]:
    """What is wrong with the data and the weights that a config names. As for :func:`prepare`.

    Faults here make every run worthless: no images, or annotations for other classes.
    """
    found = [*check_data(cfg, loaders), *check_annotations(cfg, loaders), *check_colours(cfg)]
    return [located(finding, sources) if _is_key(finding.where, cfg) else finding for finding in found]


def tell(findings: Iterable[Finding]) -> None:
    """Log findings, which stand in the file of a run as soon as its Runner is built."""
    for finding in findings:
        level = logging.WARNING if finding.state == WARN else logging.INFO
        print_log(str(finding), logger='current', level=level)


def _is_key(where: str, cfg: Config) -> bool:
    """Whether a finding is about a key of the config: others are about files."""
    return where.partition('.')[0].partition('[')[0] in cfg


def _passed_over(cfg: Config) -> list[Finding]:
    """Which checkpoints ``--resume`` did not take."""
    chosen = cfg.get('load_from')
    return passed_over(cfg.work_dir, chosen) if cfg.get('resume') and chosen else []


def write_data(cfg: Config, loaders: Iterable[str]) -> Iterator[Finding]:
    """Write embedded data sets where nothing stands in their place, several processes at once if need be."""
    for name in loaders:
        for dataset in leaf_datasets(cfg.get(name)):
            embedded = embedded_in(dataset)
            written = embedded and write_absent(embedded, Path(str(dataset['data_root'])))
            if written:
                yield written
