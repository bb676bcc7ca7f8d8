"""The fast path: a classifier of small images, which are tensors in memory, on one thread.

What it trains is what the ordinary path trains: model, weights at the beginning, optimizer, schedulers,
order of the samples and preprocessing come from the same config by the same builders. Only loading, hooks and
logs are left out, crops and flips are drawn for a whole batch at once, and the layout is channels last.
"""

import math
from collections.abc import Iterator

import numpy as np
import torch
from mmengine.config import Config, ConfigDict
from mmengine.device import get_device
from mmengine.optim import OptimWrapper, build_optim_wrapper
from mmengine.registry import DATA_SAMPLERS, MODELS, PARAM_SCHEDULERS, DefaultScope
from mmengine.runner import set_random_seed
from torch import nn
from torch.utils.data import BatchSampler

from mmchan import compat
from mmchan.checks.config.isolation import isolated
from mmchan.checks.config.parts import listed
from mmchan.checks.data import check_data
from mmchan.checks.walk import type_name
from mmchan.data import seeding
from mmchan.data.augmentation import Augmentation
from mmchan.data.in_memory import FIXED, Images, read_images
from mmchan.design.threads import one_thread
from mmchan.design.trials.limits import obstacles
from mmchan.design.trials.outcome import Outcome, error_of
from mmchan.design.trials.task import Task
from mmchan.errors import InputError
from mmchan.findings import stop_at
from mmchan.runs.preparation import write_data

AT_ONCE = 500  # images of a batch of the validation


def train_fast(cfg: Config, task: Task) -> Outcome:
    """Train and validate as a config says.

    Args:
        cfg: The config of the trial, as :func:`mmchan.design.trials.config.trial_config` gives it.
        task: The trial.

    Raises:
        InputError: For a config that only the ordinary path can train, with what it is; for absent data.
        FloatingPointError: Where the loss is NaN or Inf.
    """
    hindrances = obstacles(cfg, task.objective, test=task.test)
    if hindrances:
        raise InputError(
            f'the fast path cannot do what the config says: {"; ".join(hindrances)}. '
            "path = 'ordinary' can, and 'auto' chooses it"
        )
    compat.import_mmpretrain_alone()
    list(write_data(cfg, task.loaders))
    stop_at(check_data(cfg, task.loaders))
    with isolated(), DefaultScope.overwrite_default_scope('mmpretrain'), one_thread():
        return Training(cfg, task.seed).run(task)


class Training:
    """A training in memory.

    Args:
        cfg: The config of a trial without obstacles.
        seed: Its seed.
    """

    def __init__(self, cfg: Config, seed: int) -> None:
        self.seed = seed
        self.device = get_device()
        self.max_epochs = cfg.train_cfg.max_epochs
        steps = cfg.train_dataloader.dataset.pipeline[:-1]
        self.augmentation = Augmentation.of([step for step in steps if type_name(step) not in FIXED])
        images = self._read(cfg.train_dataloader)
        self.labels, self.padded = images.labels, self.augmentation.padded(images.pixels)
        self.validation = self._read(cfg.val_dataloader)
        self.test_loader = cfg.get('test_dataloader')
        self.batches = _batches(cfg.train_dataloader, images, seed)
        self.validated = list(_validated(cfg.train_cfg))
        set_random_seed(seed, **_determinism(cfg))
        self.model = _model(cfg).to(self.device)
        self.optim_wrapper = build_optim_wrapper(self.model, cfg.optim_wrapper)
        self.schedulers = list(_schedulers(cfg, self.optim_wrapper, len(self.batches)))
        self.optim_wrapper.initialize_count_status(self.model, 0, self.max_epochs * len(self.batches))
        self.model.init_weights()
        # only now: random weights are drawn in the order in which they lie in memory
        self.model.to(memory_format=torch.channels_last)

    def _read(self, loader: ConfigDict) -> Images:
        images = read_images(loader.dataset.to_dict())
        return Images(images.pixels.to(self.device), images.labels.to(self.device))

    def run(self, task: Task) -> Outcome:
        """Train to the end, and validate after the epochs that the config names."""
        losses, errors = [], []
        for epoch in range(self.max_epochs):
            loss = self.train_epoch(epoch)
            if epoch + 1 in self.validated:
                losses.append(loss)
                errors.append(error_of(100 * self.accuracy(self.validation), task.objective))
        test = (
            error_of(100 * self.accuracy(self._read(self.test_loader)), task.objective) if task.test else None
        )
        return Outcome(epochs=self.validated, errors=errors, losses=losses, path='fast', test=test)

    def train_epoch(self, epoch: int) -> float:
        """Train an epoch; returns the mean of the loss."""
        self.model.train()
        self.batches.sampler.set_epoch(epoch)
        generator = np.random.default_rng([self.seed, seeding.SAMPLE, epoch])
        losses = []
        for number, indices in enumerate(self.batches):
            # the random numbers of dropout and stochastic depth are those of the ordinary path
            iteration = epoch * len(self.batches) + number
            seeding.seed_devices(self.seed, seeding.ITERATION, 0, iteration)
            losses.append(self.step(torch.as_tensor(indices), generator))
            if not math.isfinite(losses[-1]):
                place = f'epoch {epoch + 1}, iteration {number + 1} of {len(self.batches)}'
                raise FloatingPointError(f'the loss is {losses[-1]} in {place}')
            self._step_schedulers(by_epoch=False)
        self._step_schedulers(by_epoch=True)
        return sum(losses) / len(losses)

    def step(self, indices: torch.Tensor, generator: np.random.Generator) -> float:
        """Update the weights by a batch; returns its loss."""
        pixels = self.augmentation.apply(self.padded, indices, generator)
        with self.optim_wrapper.optim_context(self.model):
            scores = self.scores(pixels)
            loss = self.model.head.loss_module(scores, self.labels[indices], avg_factor=len(indices))
        self.optim_wrapper.update_params(loss)
        return loss.item()

    def scores(self, pixels: torch.Tensor) -> torch.Tensor:
        """Scores (N, classes) of images (N, H, W, C)."""
        packed = {'inputs': pixels.permute(0, 3, 1, 2)}
        inputs = self.model.data_preprocessor(packed, self.model.training)['inputs']
        maps = self.model.extract_feat(inputs.contiguous(memory_format=torch.channels_last))
        return self.model.head(maps)

    @torch.inference_mode()
    def accuracy(self, images: Images) -> float:
        """Share of some images whose class has the highest score."""
        self.model.eval()
        pairs = zip(images.pixels.split(AT_ONCE), images.labels.split(AT_ONCE), strict=True)
        right = [int((self.scores(pixels).argmax(1) == labels).sum()) for pixels, labels in pairs]
        return sum(right) / len(images)

    def _step_schedulers(self, *, by_epoch: bool) -> None:
        for scheduler in self.schedulers:
            if scheduler.by_epoch == by_epoch:
                scheduler.step()


def _determinism(cfg: Config) -> dict[str, bool]:
    return {'deterministic': bool(cfg.get('randomness', {}).get('deterministic', False))}


def _model(cfg: Config) -> nn.Module:
    """The model as MMEngine's Runner builds it."""
    pixels = {'data_preprocessor': cfg.data_preprocessor} if cfg.get('data_preprocessor') else {}
    return MODELS.build(ConfigDict({**pixels, **cfg.model}))


def _batches(loader: ConfigDict, images: Images, seed: int) -> BatchSampler:
    """Indices of the batches, in the order of the ordinary path."""
    sampler = DATA_SAMPLERS.build(loader.sampler, default_args={'dataset': images, 'seed': seed})
    return BatchSampler(sampler, loader.batch_size, drop_last=loader.get('drop_last', False))


def _schedulers(cfg: Config, optim_wrapper: OptimWrapper, epoch_length: int) -> Iterator[object]:
    """The schedulers as MMEngine's Runner builds them: to the end of the training where they name none."""
    epochs = cfg.train_cfg.max_epochs
    for _, scheduler in listed(cfg.get('param_scheduler'), 'param_scheduler'):
        end = epochs if scheduler.get('by_epoch', True) else epochs * epoch_length
        defaults = {'optimizer': optim_wrapper, 'epoch_length': epoch_length}
        yield PARAM_SCHEDULERS.build(ConfigDict({'end': end, **scheduler}), default_args=defaults)


def _validated(train_cfg: ConfigDict) -> Iterator[int]:
    """The epochs after which MMEngine's loop validates, counted from 1."""
    for epoch in range(train_cfg.get('val_begin', 1), train_cfg.max_epochs + 1):
        if epoch % train_cfg.get('val_interval', 1) == 0 or epoch == train_cfg.max_epochs:
            yield epoch
