"""Hooks for what MMEngine's Runner does not tell."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mmengine.config import Config
from mmengine.dist import master_only
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmchan.checks.walk import leaf_datasets, of_type, type_name
from mmchan.registry import HOOKS
from mmchan.runs.workdir import broken_images

SHOWN = 5
_BEGIN = 'broken_images_begin'  # name in MMEngine's message hub, which checkpoints hold


class Failure(NamedTuple):
    """An image that was left out.

    Attributes:
        image: Its path.
        reason: Why it could not be loaded.
        sample: Where in the training, see :func:`mmchan.data.seeding.place_in_training`.
    """

    image: str
    reason: str
    sample: tuple[int, ...] | None

    @property
    def epoch(self) -> int:
        """The epoch that it belongs to; 0 where nobody knows."""
        return self.sample[1] if self.sample else 0

    def is_trained(self, iteration: int) -> bool:
        """Whether the training got there; without epochs, workers load more than is used."""
        return self.sample is None or self.sample[2] < iteration


@HOOKS.register_module()
class BrokenImagesHook(Hook):
    """Report, after every epoch, the images that could not be loaded and were left out.

    A resumed training reports what one that was never stopped would report: the samples that are loaded a
    second time count once.

    Args:
        report: The file that :class:`mmchan.data.loading.SkipBroken` appends to.
    """

    priority = 'LOW'

    def __init__(self, report: str) -> None:
        self.report = Path(report)
        self.position = 0
        self.known: dict[str, str] = {}
        self._pending: list[Failure] = []
        self._seen: set[tuple] = set()

    def before_train(self, runner: Runner) -> None:
        """Ignore what earlier trainings left in the file; a resumed one reads what it wrote itself."""
        size = self.report.stat().st_size if self.report.is_file() else 0
        begin = min(runner.message_hub.runtime_info.get(_BEGIN, size), size)
        runner.message_hub.update_info(_BEGIN, begin)
        self.position = begin
        for failure in self._new_failures():
            if failure.epoch < runner.epoch:
                self.known[failure.image] = failure.reason
            else:
                self._pending.append(failure)

    @master_only
    def after_train_epoch(self, runner: Runner) -> None:
        """Log how many images were left out, and the first of them with the reason."""
        loaded = [*self._pending, *self._new_failures()]
        failures = [failure for failure in loaded if failure.is_trained(runner.iter)]
        self._pending = []
        if not failures:
            return
        images = {failure.image: failure.reason for failure in failures}
        self.known |= images
        shown = [f'  {image}: {reason}' for image, reason in list(images.items())[:SHOWN]]
        more = [f'  and {len(images) - SHOWN} more'] if len(images) > SHOWN else []
        head = (
            f'{len(images)} broken images were left out {len(failures)} times in epoch {runner.epoch + 1}, '
            f'{len(self.known)} images since the start (all of them: {self.report})'
        )
        runner.logger.warning('\n'.join([head, *shown, *more]))

    def _new_failures(self) -> Iterator[Failure]:
        """Every failure since the last call, one that was written again left out."""
        if not self.report.is_file():
            return
        with self.report.open('rb') as file:
            file.seek(self.position)
            for line in file:
                if not line.endswith(b'\n'):  # a worker is writing it
                    break
                self.position += len(line)
                failure = _failure(json.loads(line))
                identity = (failure.image, failure.sample)
                if failure.sample is None or identity not in self._seen:
                    self._seen.add(identity)
                    yield failure


def _failure(line: dict) -> Failure:
    sample = line.get('sample')
    return Failure(line['image'], line['reason'], sample and tuple(sample))


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
