"""The Python interface: ``mmchan.get_model`` and ``mmchan.predict``.

Needs torch, mmengine and mmcv (or mmcv-lite); config files need the libraries that they name.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from mmengine.registry import MODELS
from torch import nn

from mmchan.channels import NetPlan, Preprocessing, get_plan, preprocessing_of
from mmchan.errors import InputError, require
from mmchan.layouts.colours import images_in
from mmchan.layouts.recognition import head_classes
from mmchan.models import Classifier, build_backbone
from mmchan.prediction.classification import IMAGENET_CLASSES, Classification, ImageLike, classify, load_image
from mmchan.weights.catalogue import find_published, locate
from mmchan.weights.checkpoints import read_state_dict
from mmchan.weights.loading import fill

LEAST_STRIDE = 4  # of the maps for dense tasks

Arch = str | Mapping[str, object]


def get_model(
    name_or_config: Arch | Path,
    pretrained: bool | str | Path = False,
    *,
    num_classes: int | None = None,
    features_only: bool = False,
) -> nn.Module:
    """Build a network.

    Args:
        name_or_config: A variant's name, see ``mmchan.list_models()``; a mapping of a family's arguments;
            or the path of a config file (.py), whose model is built.
        pretrained: False leaves torch's random weights (a training by a config initialises as the papers
            do); True takes the variant's published ImageNet weights; a path or URL is a checkpoint in any
            known layout.
        num_classes: Number of classes; None for what the config says, for the checkpoint's, else for 1000.
            Where a checkpoint has another number, its head is left out and the log says so.
        features_only: Give the backbone alone, for dense tasks.

    Returns:
        A module from images (N, 3, H, W) to logits (N, num_classes), or with ``features_only`` to a tuple
        of maps at strides 4, 8, 16 and 32. The model of a detector's config gives its heads' raw outputs.

    Raises:
        InputError: For an unknown name, with the nearest; for a variant without public weights; for a
            checkpoint that does not fit.
    """
    if _is_config(name_or_config):
        return _from_config(Path(name_or_config), pretrained, num_classes, features_only)
    checkpoint, preprocessing = _weights_of(name_or_config, pretrained)
    weights = None if checkpoint is None else read_state_dict(checkpoint)
    if features_only:
        backbone = build_backbone(name_or_config, out_indices=_dense_indices(get_plan(name_or_config)))
        return _filled(backbone, weights, checkpoint)
    if num_classes is None and pretrained not in (False, True):
        num_classes = head_classes(weights, get_plan(name_or_config), name=checkpoint)
    return _classifier(name_or_config, num_classes, weights, checkpoint, preprocessing)


def trained_classifier(name: str, checkpoint: str) -> nn.Module:
    """A variant with a checkpoint whose head is trained: others would name classes too, at random.

    Args:
        name: A variant's name.
        checkpoint: Path or URL of a checkpoint in any known layout.

    Raises:
        InputError: For a checkpoint without a head, or one that does not fit.
    """
    weights = read_state_dict(checkpoint)
    classes = head_classes(weights, get_plan(name), name=checkpoint)
    if classes is None:
        raise InputError(f'{checkpoint} has no classification head: give --checkpoint one of a classifier')
    return _classifier(name, classes, weights, checkpoint, preprocessing_of(name))


def _classifier(
    arch: Arch,
    classes: int | None,
    weights: dict | None,
    checkpoint: str | None,
    preprocessing: Preprocessing | None,
) -> Classifier:
    """A classifier with its weights, for ImageNet's classes unless others are given."""
    model = Classifier(arch, IMAGENET_CLASSES if classes is None else classes)
    model.preprocessing = preprocessing
    with images_in(preprocessing and preprocessing.colour):
        return _filled(model, weights, checkpoint)


def predict(
    model: Arch | nn.Module,
    images: ImageLike | Sequence[ImageLike],
    *,
    topk: int = 5,
    preprocessing: Preprocessing | None = None,
) -> list[Classification]:
    """Classify images.

    Args:
        model: A variant's name, which takes its published weights, or a module from images to logits.
        images: One or several: paths, PIL images, or arrays (H, W, 3) of bytes in RGB.
        topk: Number of classes to name, >= 1.
        preprocessing: How images become inputs; None takes that of the published weights.

    Returns:
        For each image the most probable classes, the first of them first.

    Raises:
        InputError: For something that is no image, before any weights are loaded; for a model whose
            preprocessing is not known.
    """
    several = isinstance(images, Sequence) and not isinstance(images, str)
    pictures = [load_image(image) for image in (images if several else [images])]
    network = model if isinstance(model, nn.Module) else get_model(model, pretrained=True)
    preprocessing = preprocessing or getattr(network, 'preprocessing', None)
    if preprocessing is None:
        raise InputError(
            'preprocessing must be given for a model that is not of a named variant: a Preprocessing of '
            'mmchan.channels'
        )
    return [classify(network, picture, preprocessing, topk=topk) for picture in pictures]


def _is_config(name_or_config: Arch | Path) -> bool:
    return isinstance(name_or_config, (str, os.PathLike)) and Path(name_or_config).suffix == '.py'


def _weights_of(arch: Arch, pretrained: bool | str | Path) -> tuple[str | None, Preprocessing | None]:
    """The checkpoint to load, or None, and how images are prepared, where that is known."""
    variant = arch if isinstance(arch, str) else None
    preprocessing = preprocessing_of(variant) if variant else None
    if pretrained is False:
        return None, preprocessing
    if pretrained is not True:
        return str(pretrained), preprocessing
    require(variant is not None, 'pretrained', "True for a variant's name only; else give a checkpoint", arch)
    return locate(find_published(variant)), preprocessing


def _dense_indices(plan: NetPlan) -> tuple[int, ...]:
    strides = plan.out_strides[: len(plan.stages)]
    return tuple(index for index, stride in enumerate(strides) if stride >= LEAST_STRIDE)


def _filled(model: nn.Module, weights: dict | None, checkpoint: str | None) -> nn.Module:
    """The model with weights, where there are any."""
    if weights is not None:
        fill(model, weights, name=checkpoint)
    return model


def _from_config(
    path: Path, pretrained: bool | str | Path, num_classes: int | None, features_only: bool
) -> nn.Module:
    """The model of a config file."""
    from mmchan.runs.config import load_config

    cfg = load_config(path)
    settings, scope = cfg.model, cfg.get('default_scope', 'mmengine')
    backbone = settings.get('backbone', {})
    arch = backbone.get('arch') if str(backbone.get('type')).startswith('mmchan.') else None
    if num_classes is not None:
        head = settings.get('head')
        require(head is not None, 'num_classes', 'None for a config that is no classifier', num_classes)
        head.num_classes = num_classes
    if features_only:
        require(arch is not None, 'features_only', 'False for a backbone that is not ours', features_only)
        settings = {**backbone, 'out_indices': _dense_indices(get_plan(arch))}
    checkpoint = _weights_of(arch, pretrained)[0] if pretrained is not False else None
    with MODELS.switch_scope_and_registry(scope) as registry:
        model = registry.build(settings)
    return _filled(model, None if checkpoint is None else read_state_dict(checkpoint), checkpoint)
