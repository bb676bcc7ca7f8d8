"""Which parts of an image speak for a class: Grad-CAM of a classifier, computed by captum."""

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from PIL import Image
from torch import nn

from mmchan.channels import Preprocessing
from mmchan.errors import InputError, require, require_integer, suggestion
from mmchan.home import installing
from mmchan.models import PlanBackbone
from mmchan.prediction.classification import Classification, class_names, load_image, prepare
from mmchan.prediction.predictor import load_inferencer

EXTRA = 'cam'
LEAST_MAP = 4  # px a side; smaller maps do not say where
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Seen:
    """An image as a network sees it.

    Attributes:
        image: The image itself, in RGB.
        inputs: (1, 3, H, W).
        box: The part of the image that ``inputs`` shows: left, top, right, bottom, px.
    """

    image: Image.Image
    inputs: torch.Tensor
    box: Box


@dataclass(frozen=True)
class Explanation:
    """What speaks for some classes of an image.

    Attributes:
        image: The image, in RGB.
        box: The part of it that the network sees: left, top, right, bottom, px.
        found: The classes with their probabilities.
        maps: A map for each class, (K, h, w), within [0, 1]; all 0 where nothing speaks for it.
        where: Name and size of the map, for people.
    """

    image: Image.Image
    box: Box
    found: Classification
    maps: np.ndarray
    where: str


class Explainer:
    """Explains what a classifier with one of our backbones says.

    Args:
        network: From images (N, 3, H, W) to logits; has a ``backbone`` of ours.
        see: From a file to the image and the network's input.
        names: Names of the classes, where they are known.

    Raises:
        InputError: For another backbone, and where captum is not installed.
    """

    def __init__(
        self, network: nn.Module, see: Callable[[Path], Seen], *, names: Sequence[str] | None = None
    ) -> None:
        need_captum()
        backbone = getattr(network, 'backbone', None)
        require(isinstance(backbone, PlanBackbone), 'the backbone', 'one of mmchan', type(backbone).__name__)
        backbone.with_cp = False  # recomputing would call the hooks of captum twice
        self.network, self.backbone, self.see, self.names = network.eval(), backbone, see, names

    def __call__(
        self, path: Path, *, topk: int = 3, classes: Sequence[str] = (), stage: int | None = None
    ) -> Explanation:
        """What speaks for an image's classes.

        Args:
            path: A file that is an image.
            topk: How many of the most probable classes are explained, >= 1, where none is named.
            classes: Names or numbers of classes to explain instead.
            stage: The stage at whose end the map is taken, 0 for the first; None for the last map with at
                least 4 pixels a side.

        Raises:
            InputError: For an unknown class or stage.
        """
        require_integer(topk, 'topk')
        seen = self.see(path)
        layer, name = _layer(self.backbone, stage, min(seen.inputs.shape[2:]))
        with torch.no_grad():
            scores = self.network(seen.inputs)[0].softmax(0)
        is_named = self.names is not None and len(self.names) == len(scores)
        names = tuple(map(str, self.names)) if is_named else class_names(len(scores))
        most = scores.topk(min(topk, len(scores))).indices.tolist()
        labels = [find_class(names, wanted) for wanted in classes] or most
        maps = class_maps(self.network, layer, seen.inputs, labels)
        found = Classification(
            tuple(labels), tuple(names[label] for label in labels), tuple(scores[labels].tolist())
        )
        where = f'{name}, {maps.shape[2]} x {maps.shape[1]}'
        return Explanation(seen.image, seen.box, found, maps, where)


def need_captum() -> None:
    """Raise InputError where captum is not installed, with the command that installs it."""
    if importlib.util.find_spec('captum') is None:
        raise InputError(f'captum is not installed: {installing(EXTRA)}')


def class_maps(
    network: nn.Module, layer: nn.Module, inputs: torch.Tensor, labels: Sequence[int]
) -> np.ndarray:
    """Grad-CAM of an image for several classes.

    The channels of the layer's map are summed, each times the mean of its gradient; what is negative is 0.

    Args:
        network: From images (N, 3, H, W) to logits (N, num_classes), in eval mode.
        layer: A module in it that gives a map (N, C, h, w).
        inputs: (1, 3, H, W).
        labels: K classes.

    Returns:
        (K, h, w), each map divided by its maximum, where that is not 0.

    Source:
        arXiv:1610.02391, section 3.
    """
    from captum.attr import LayerGradCam

    method = LayerGradCam(network, layer)
    maps = [method.attribute(inputs, label, relu_attributions=True)[0, 0] for label in labels]
    maps = torch.stack(maps).detach()
    return (maps / maps.amax((1, 2), keepdim=True).clamp(min=torch.finfo(maps.dtype).tiny)).cpu().numpy()


def find_class(names: Sequence[str], wanted: str) -> int:
    """The label of the class of a name, whatever its capitals, or of a number.

    Raises:
        InputError: For a class that is unknown or whose name another has too.
    """
    alike = [label for label, name in enumerate(names) if name.lower() == wanted.lower()]
    if len(alike) > 1:
        raise InputError(
            f'several classes are called {wanted!r}; give a number: {", ".join(map(str, alike))}'
        )
    if alike:
        return alike[0]
    if wanted.isdecimal() and int(wanted) < len(names):
        return int(wanted)
    if wanted.isdecimal():
        raise InputError(f'the number of a class must be within [0, {len(names) - 1}], got {wanted}')
    raise InputError(f'unknown class {wanted!r}; {suggestion(wanted, names)}')


def _layer(backbone: PlanBackbone, stage: int | None, size: int) -> tuple[nn.Module, str]:
    """The module that gives the map at the end of a stage for images of a size, and what to call it."""
    layers = [
        (getattr(backbone, name)[-1], f'stage {index}') for index, name in enumerate(backbone.stage_names)
    ]
    if stage is not None:
        require(0 <= stage < len(layers), '--stage', f'within [0, {len(layers) - 1}]', stage)
        return layers[stage]
    if backbone.penultimate is not None:
        layers.append((backbone.penultimate, 'last convolution'))
    strides = backbone.plan.out_strides[: len(layers)]
    large = [index for index, stride in enumerate(strides) if size / stride >= LEAST_MAP]
    return layers[max(large, default=0)]


def centre_box(image: tuple[int, int], scale: tuple[float, float], size: tuple[int, int]) -> Box:
    """The part of an image that is left when it is resized and its centre is cut out.

    Args:
        image: Width and height, px.
        scale: Resized over original width and height.
        size: Width and height of what is cut out, px of the resized image.

    Returns:
        Left, top, right, bottom, px of the image.

    >>> centre_box((400, 200), (0.5, 0.5), (100, 100))
    (100.0, 0.0, 300.0, 200.0)
    """
    width, height = (min(whole, cut / factor) for whole, cut, factor in zip(image, size, scale, strict=True))
    left, top = (image[0] - width) / 2, (image[1] - height) / 2
    return left, top, left + width, top + height


def variant_explainer(network: nn.Module, preprocessing: Preprocessing) -> Explainer:
    """Explains what a classifier of :func:`mmchan.get_model` says."""
    device = next(network.parameters()).device

    def see(path: Path) -> Seen:
        image = load_image(path)
        scale = preprocessing.edge / min(image.size)
        box = centre_box(image.size, (scale, scale), (preprocessing.size, preprocessing.size))
        return Seen(image, prepare(image, preprocessing)[None].to(device), box)

    return Explainer(network, see)


def config_explainer(
    cfg: Config, checkpoint: str, *, device: str | None = None, trust: bool = False
) -> Explainer:
    """Explains what the classifier of a config says; images go through its test pipeline.

    Args:
        cfg: The config of a classifier of mmpretrain with one of our backbones.
        checkpoint: Its weights: a file or a URL.
        device: Such as 'cuda:0'; None takes a GPU where there is one.
        trust: Read the checkpoint also where it may run code.

    Raises:
        InputError: For another kind of model or backbone, and for weights that are not this model's.
    """
    scope = cfg.get('default_scope')
    if scope != 'mmpretrain':
        raise InputError(f"only classifiers are explained, with default_scope 'mmpretrain', got {scope!r}")
    inferencer = load_inferencer(cfg, checkpoint, device=device, trust=trust)
    model = inferencer.model

    def see(path: Path) -> Seen:
        image = load_image(path)
        batch = next(iter(inferencer.preprocess([str(path)])))
        sample = batch['data_samples'][0]
        height, width = sample.get('img_shape')[:2]
        scale = sample.get('scale_factor', (1.0, 1.0))
        box = centre_box(image.size, tuple(map(float, scale)), (width, height))
        return Seen(image, model.data_preprocessor(batch, False)['inputs'], box)

    return Explainer(model, see, names=inferencer.classes)
