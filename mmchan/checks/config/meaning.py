"""What a config says, and does not mean: parts that are right by themselves and do not fit each other."""

from collections.abc import Iterable, Iterator

from mmengine.config import Config

from mmchan.checks.config.batch import check_batch
from mmchan.checks.config.channels import check_channels
from mmchan.checks.config.classes import check_classes
from mmchan.checks.config.exactness import check_exactness
from mmchan.checks.config.hooks import check_hooks
from mmchan.checks.config.inputs import check_inputs
from mmchan.checks.config.isolation import isolated
from mmchan.checks.config.normalisation import check_normalisation
from mmchan.checks.config.numbers import check_numbers
from mmchan.checks.config.schedule import check_schedule
from mmchan.checks.config.starts import check_starts
from mmchan.checks.config.together import check_together
from mmchan.findings import Finding


def check_meaning(cfg: Config, loaders: Iterable[str], *, processes: int = 0) -> Iterator[Finding]:
    """Check whether the parts of a config fit each other, its data and its training.

    Args:
        cfg: The config of a run.
        loaders: Names of the data loaders that the run uses; without 'train_dataloader' nothing is said
            about training.
        processes: Processes of the run; 0 where that is not known.

    Returns:
        Every finding, with the dotted key that it is about.
    """
    with isolated():
        findings = list(_check(cfg, list(loaders), processes))
    yield from dict.fromkeys(findings)


def _check(cfg: Config, loaders: list[str], processes: int) -> Iterator[Finding]:
    training = 'train_dataloader' in loaders
    yield from check_together(cfg)
    yield from check_channels(cfg)
    yield from check_classes(cfg, loaders)
    yield from check_normalisation(cfg)
    yield from check_numbers(cfg)
    yield from check_inputs(cfg, loaders)
    yield from check_starts(cfg, training=training)
    if training:
        yield from check_batch(cfg, processes)
        yield from check_schedule(cfg)
        yield from check_hooks(cfg)
        yield from check_exactness(cfg)
