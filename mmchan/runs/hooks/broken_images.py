"""Hooks for what MMEngine's Runner does not tell."""

import json
from collections.abc import Iterator
from pathlib import Path

from mmengine.config import Config
from mmengine.dist import master_only
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmchan.checks.walk import leaf_datasets, of_type, type_name
from mmchan.registry import HOOKS
from mmchan.runs.workdir import broken_images

SHOWN = 5


@HOOKS.register_module()
class BrokenImagesHook(Hook):
    """Report, after every epoch, the images that could not be loaded and were left out.

    Args:
        report: The file that :class:`mmchan.data.loading.SkipBroken` appends to.
    """

    priority = 'LOW'

    def __init__(self, report: str) -> None:
        self.report = Path(report)
        self.position = 0
        self.known: dict[str, str] = {}

    def before_train(self, runner: Runner) -> None:
        """Ignore what earlier runs left in the file."""
        self.position = self.report.stat().st_size if self.report.is_file() else 0

    @master_only
    def after_train_epoch(self, runner: Runner) -> None:
        """Log how many images were left out, and the first of them with the reason."""
        failures = list(self._new_failures())
        if not failures:
            return
        self.known |= failures
        images = dict(failures)
        shown = [f'  {image}: {reason}' for image, reason in list(images.items())[:SHOWN]]
        more = [f'  and {len(images) - SHOWN} more'] if len(images) > SHOWN else []
        head = (
            f'{len(images)} broken images were left out {len(failures)} times in epoch {runner.epoch + 1}, '
            f'{len(self.known)} images since the start (all of them: {self.report})'
        )
        runner.logger.warning('\n'.join([head, *shown, *more]))

    def _new_failures(self) -> Iterator[tuple[str, str]]:
        """Image and reason of every failure since the last call."""
        if not self.report.is_file():
            return
        with self.report.open('rb') as file:
            file.seek(self.position)
            for line in file:
                if not line.endswith(b'\n'):  # a worker is writing it
                    break
                self.position += len(line)
                failure = json.loads(line)
                yield failure['image'], failure['reason']


def skip_broken_images(cfg: Config) -> None:
    """Let a training go on where an image or its annotations cannot be loaded; it is reported.

    Changes the config: the loading transforms of the training data sets are wrapped, a hook is added.

    Args:
        cfg: The config of a training run, with its work_dir.
    """
    datasets = list(leaf_datasets(cfg.get('train_dataloader')))
    if not datasets:
        return
    report = str(broken_images(cfg.work_dir))
    wrapped = [_wrap_loading(dataset, report) for dataset in datasets]
    if any(wrapped):
        hook = {'type': 'mmchan.BrokenImagesHook', 'report': report}
        cfg.custom_hooks = [*(cfg.get('custom_hooks') or []), hook]


def _wrap_loading(dataset: dict, report: str) -> bool:
    """Put the transforms at the start of a data set's pipeline that load something into SkipBroken."""
    pipeline = list(dataset.get('pipeline') or [])
    number = next((index for index, step in enumerate(pipeline) if not _loads(step)), len(pipeline))
    if number:
        wrapper = {'type': 'mmchan.SkipBroken', 'transforms': pipeline[:number], 'report': report}
        dataset['pipeline'] = [wrapper, *pipeline[number:]]
    return bool(number)


def _loads(step: dict) -> bool:
    return type_name(step).startswith('Load')


def redirect_report(cfg: Config, folder: Path) -> None:
    """Let a config of :func:`skip_broken_images` report into another folder, of its data sets too."""
    report = str(broken_images(folder))
    parts = [cfg.get('train_dataloader'), cfg.get('custom_hooks')]
    for part in [*of_type(parts, 'SkipBroken'), *of_type(parts, 'BrokenImagesHook')]:
        part['report'] = report
