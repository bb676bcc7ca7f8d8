"""Networks as they are measured: built, with weights; random ones made to give values of ordinary size."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from mmchan import compat
from mmchan.channels import preprocessing_of
from mmchan.errors import InputError
from mmchan.layouts.colours import images_in
from mmchan.measure.model import build, size_of_images
from mmchan.models import Classifier
from mmchan.runs.config import load_config
from mmchan.weights.catalogue import locate, published
from mmchan.weights.checkpoints import read_state_dict
from mmchan.weights.downloads import downloaded
from mmchan.weights.loading import fill

PUBLISHED, RANDOM = 'published', 'random'
SEED = 0
# of the images by which random weights are adapted: the last maps must have pixels enough for a statistic
SETTLING, SETTLING_BATCH = (128, 256), 4
# the layers of detectors that give scores of classes
SCORES = ('fc_cls', 'retina_cls')
SPREAD = 4.0  # standard deviation of random scores before their softmax or sigmoid: some classes are sure

Size = tuple[int, int]


@dataclass(frozen=True)
class Network:
    """A network in eval mode.

    Attributes:
        module: A classifier, from images (N, 3, H, W) to logits; or a detector of mmdet.
        size: Height and width of an input.
        weights: 'published' or 'random'.
        detects: Whether it is a detector.
    """

    module: nn.Module
    size: Size
    weights: str
    detects: bool = False

    def forward(self, images: torch.Tensor) -> object:
        """Logits, or detections: boxes, classes and masks after all suppression."""
        return detections(self.module, images) if self.detects else self.module(images)


def random_images(batch: int, size: Size) -> np.ndarray:
    """Normalised images (N, 3, H, W) in single precision, the same ones every time."""
    return np.random.default_rng(SEED).standard_normal((batch, 3, *size), np.float32)


def load_variant(name: str, size: Size | None = None) -> Network:
    """A variant with ImageNet's classes; its published weights where they lie on this machine, else random.

    Args:
        name: Its name.
        size: Of the input. None: as its weights are tested.
    """
    side = preprocessing_of(name).size
    weights = published_here(name)
    with _seeded():
        module = Classifier(name).eval()
    network = Network(module, size or (side, side), RANDOM if weights is None else PUBLISHED)
    if weights is None:
        return settled(network)
    with images_in(preprocessing_of(name).colour):
        fill(module, read_state_dict(weights), name=weights)
    return network


def published_here(name: str) -> str | None:
    """The file of a variant's published weights; None where none lies on this machine."""
    weights = published().get(name)
    if weights is None:
        return None
    if weights.url:
        path = downloaded(weights.url)
        return path and str(path)
    try:
        return locate(weights)
    except InputError:  # its package is not installed
        return None


def load_config_network(path: str | Path, size: Size | None = None) -> Network:
    """The classifier or detector of a config, with random weights.

    Args:
        path: The config.
        size: Of the input. None: as the config tests.

    Raises:
        InputError: For a config that cannot be read, of another kind of model, or that tells no size.
    """
    cfg = load_config(path)
    scope = cfg.get('default_scope')
    if scope not in ('mmdet', 'mmpretrain'):
        raise InputError(f"the config's default_scope must be 'mmpretrain' or 'mmdet', got {scope!r}")
    if scope == 'mmdet':
        compat.let_ssd_heads_predict()
    with _seeded():
        module = build(cfg)
    return settled(Network(module, size or configured_size(cfg, path), RANDOM, detects=scope == 'mmdet'))


def configured_size(cfg: Config, path: str | Path) -> Size:
    """Height and width of the images that a config tests with: those of its last crop, else of its resize.

    Raises:
        InputError: Where its test pipeline tells none.
    """
    size = size_of_images(cfg.get('test_dataloader') or cfg.get('val_dataloader') or {})
    if size is not None:
        return size
    raise InputError(f'{path}: its test pipeline tells no size of images; give --size')


def settled(network: Network) -> Network:
    """The network, its random weights made to give values of the size that trained ones give.

    Untrained layers shrink what passes through them until arithmetic is slow (denormal numbers), and
    untrained detectors find nothing. So batch normalisations take the statistics of random images, and
    scores of classes are spread until a detector finds objects.
    """
    sides = tuple(min(max(side, SETTLING[0]), SETTLING[1]) for side in network.size)
    images = torch.from_numpy(random_images(SETTLING_BATCH, sides))
    with torch.no_grad():
        with _learning_statistics(network.module):
            network.forward(images)
        with _spreading_scores(network.module):
            network.forward(images[:1])
    return network


@contextmanager
def _seeded() -> Iterator[None]:
    """Random weights are the same every time; the global state stays as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        yield


@contextmanager
def _learning_statistics(module: nn.Module) -> Iterator[None]:
    """Within, batch normalisations take the statistics of the batch for their own."""
    norms = [(norm, norm.momentum) for norm in module.modules() if isinstance(norm, _BatchNorm)]
    for norm, _ in norms:
        norm.train()
        norm.momentum = 1.0
    yield
    for norm, momentum in norms:
        norm.eval()
        norm.momentum = momentum


@contextmanager
def _spreading_scores(module: nn.Module) -> Iterator[None]:
    """Within, layers that give scores of classes scale their weights until the scores differ."""

    def spread(layer: nn.Module, _: object, scores: torch.Tensor) -> torch.Tensor:
        if layer in spread_layers:  # one layer scores several levels of a pyramid
            return scores
        spread_layers.add(layer)
        factor = SPREAD / scores.std().clamp(min=1e-6)
        layer.weight.mul_(factor)
        return scores * factor

    spread_layers: set[nn.Module] = set()
    hooks = [layer.register_forward_hook(spread) for layer in _scoring(module)]
    yield
    for hook in hooks:
        hook.remove()


def _scoring(module: nn.Module) -> list[nn.Module]:
    """The layers of a detector that give scores of classes."""
    named = [one for name, one in module.named_modules() if name.rpartition('.')[2] in SCORES]
    heads = [one for name, one in module.named_modules() if name.endswith('cls_convs')]
    last = [[*head.modules()][-1] for branches in heads for head in branches.children()]
    return [*named, *(layer for layer in last if isinstance(layer, nn.Conv2d))]


def detections(model: nn.Module, images: torch.Tensor) -> list:
    """What a detector of mmdet finds in normalised images (N, 3, H, W)."""
    from mmdet.structures import DetDataSample

    size = tuple(images.shape[2:])
    sizes = {'img_shape': size, 'ori_shape': size, 'pad_shape': size, 'batch_input_shape': size}
    samples = [DetDataSample(metainfo={**sizes, 'scale_factor': (1.0, 1.0)}) for _ in images]
    return model(images, samples, mode='predict')
