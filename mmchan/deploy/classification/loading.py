"""A trained classifier and what its images must look like: of a variant, or of any mmpretrain config."""

import torch
from mmengine.config import Config
from torch import nn

from mmchan.channels import Preprocessing
from mmchan.deploy.classification.pipeline import read_preprocessing
from mmchan.deploy.metadata import Metadata
from mmchan.deploy.tasks import Exportable
from mmchan.errors import InputError
from mmchan.layouts.colours import BGR
from mmchan.prediction.classification import IMAGENET_CLASSES, imagenet_names
from mmchan.prediction.predictor import load_inferencer

BYTES = 255  # a Preprocessing counts within [0, 1], metadata within [0, 255]


class Logits(nn.Module):
    """A classifier of mmpretrain as a function of images (N, 3, H, W) alone, to logits (N, num_classes)."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        outputs = self.model(images, mode='tensor')
        return outputs[-1] if isinstance(outputs, (tuple, list)) else outputs


def load_config(cfg: Config, checkpoint: str, *, name: str, trust: bool = False) -> Exportable:
    """The classifier of a config with its weights.

    Args:
        cfg: Of mmpretrain's :class:`~mmpretrain.models.classifiers.ImageClassifier`, with a backbone of ours
            or of anybody's.
        checkpoint: Its weights: a file or a URL.
        name: Of the config.
        trust: Read the checkpoint also where it may run code.

    Raises:
        InputError: For weights that are not this model's, for a head that gives several labels, for a
            test pipeline that a file cannot describe.
    """
    metadata = read_preprocessing(cfg)
    inferencer = load_inferencer(cfg, checkpoint, device='cpu', trust=trust)
    _check_head(inferencer.model)
    said = {'name': name, 'classes': tuple(inferencer.classes or ()), 'source': checkpoint}
    return Exportable(Logits(inferencer.model).eval(), metadata.changed(**said))


def _check_head(model: nn.Module) -> None:
    kinds = [kind.__name__ for kind in type(getattr(model, 'head', None)).__mro__]
    if any('MultiLabel' in kind or 'MultiTask' in kind for kind in kinds):
        raise InputError(f'a classifier with one label an image can be exported, this one has a {kinds[0]}')


def of_variant(network: nn.Module, *, name: str, source: str = '') -> Exportable:
    """A network of ``mmchan.get_model``, from images (N, 3, H, W) to logits.

    Args:
        network: Has its ``preprocessing``, or none.
        name: Of the variant.
        source: Where the weights come from.
    """
    prepared = describe(getattr(network, 'preprocessing', None) or Preprocessing())
    classes = imagenet_names() if _width(network) == IMAGENET_CLASSES else ()
    return Exportable(network.eval(), prepared.changed(name=name, classes=classes, source=source))


def _width(network: nn.Module) -> int:
    """Number of classes: of the last linear layer."""
    linear = [module for module in network.modules() if isinstance(module, nn.Linear)]
    return linear[-1].out_features if linear else 0


def describe(prepared: Preprocessing) -> Metadata:
    """A variant's preprocessing as metadata: its channels in the network's order."""
    mean, std = ([BYTES * value for value in values] for values in (prepared.mean, prepared.std))
    order = slice(None, None, -1) if prepared.colour == BGR else slice(None)
    return Metadata(
        size=(prepared.size, prepared.size),
        resize=(prepared.edge,),
        crop=(prepared.size, prepared.size),
        interpolation=prepared.interpolation,
        colour=prepared.colour,
        mean=tuple(mean[order]),
        std=tuple(std[order]),
    )
