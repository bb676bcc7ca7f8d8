"""Classify images with a module from images to logits or with the model of a config; draw the classes."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from PIL import Image, ImageDraw, ImageFont, ImageOps
from torch import nn

from mmchan.channels import Preprocessing
from mmchan.data.loading import image_problem
from mmchan.errors import InputError, require_integer
from mmchan.layouts.colours import BGR
from mmchan.prediction.files import Result

IMAGENET_CLASSES = 1000
SHORT_EDGE = 256  # px; smaller images are enlarged before classes are written on them
LINES_PER_EDGE = 20  # lines of text that would fit into the short edge of a drawing
SHADE, INK, BAR = (0, 0, 0, 150), (255, 255, 255, 255), (86, 180, 233, 255)

ImageLike = str | Path | Image.Image | np.ndarray


@dataclass(frozen=True)
class Classification:
    """The most probable classes of an image, the first of them first.

    Attributes:
        labels: Indices of the classes.
        names: Their names; ImageNet's where the network has 1000 classes.
        probabilities: Within [0, 1].
    """

    labels: tuple[int, ...]
    names: tuple[str, ...]
    probabilities: tuple[float, ...]

    def as_dict(self) -> dict:
        """Plain values: the first class, and all of them under 'top'."""
        rows = zip(self.labels, self.names, self.probabilities, strict=True)
        top = [{'label': label, 'class': name, 'score': score} for label, name, score in rows]
        return {**top[0], 'top': top}


def load_image(image: ImageLike) -> Image.Image:
    """An image in RGB.

    Args:
        image: A path, a PIL image, or an array (H, W, 3) of bytes in RGB.

    Raises:
        InputError: For something that is no image.
    """
    if isinstance(image, (str, Path)):
        problem = image_problem(image)
        if problem:
            raise InputError(f'{image}: {problem}')
        image = ImageOps.exif_transpose(Image.open(image))
    elif isinstance(image, np.ndarray):
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
            raise InputError(f'an array must be (H, W, 3) of uint8, got {image.shape} of {image.dtype}')
        image = Image.fromarray(image)
    if not isinstance(image, Image.Image):
        raise InputError(f'an image must be a path, a PIL image or an array, got {type(image).__name__}')
    return image.convert('RGB')


def prepare(image: Image.Image, preprocessing: Preprocessing) -> torch.Tensor:
    """Resize the shorter edge, cut out the centre and normalise: an input (3, size, size)."""
    from torchvision.transforms import InterpolationMode
    from torchvision.transforms import functional as transforms

    resized = transforms.resize(image, preprocessing.edge, InterpolationMode(preprocessing.interpolation))
    pixels = transforms.to_tensor(transforms.center_crop(resized, preprocessing.size))
    normalised = transforms.normalize(pixels, preprocessing.mean, preprocessing.std)
    return normalised.flip(0) if preprocessing.colour == BGR else normalised


@cache
def imagenet_names() -> tuple[str, ...]:
    """Names of ImageNet's 1000 classes, in the order of their labels."""
    from torchvision.models import get_weight

    return tuple(get_weight('ResNet18_Weights.IMAGENET1K_V1').meta['categories'])


def class_names(number: int) -> tuple[str, ...]:
    """What the classes of a network without names of its own are called: ImageNet's where there are 1000."""
    if number == IMAGENET_CLASSES:
        return imagenet_names()
    return tuple(f'class {label}' for label in range(number))


def classify(
    model: nn.Module, image: Image.Image, preprocessing: Preprocessing, *, topk: int = 5
) -> Classification:
    """The most probable classes of an image, in eval mode; the model is left in the mode that it was in.

    Args:
        model: From images (N, 3, H, W) to logits (N, num_classes).
        image: In RGB.
        preprocessing: How the image becomes an input.
        topk: Number of classes, >= 1; at most all.

    Raises:
        InputError: For ``topk`` below 1.
    """
    require_integer(topk, 'topk')
    was_training = model.training
    device = next(model.parameters()).device
    with torch.no_grad():
        logits = model.eval()(prepare(image, preprocessing)[None].to(device))[0]
    model.train(was_training)
    scores, labels = logits.softmax(0).topk(min(topk, len(logits)))
    names = class_names(len(logits))
    chosen = tuple(labels.tolist())
    return Classification(chosen, tuple(names[label] for label in chosen), tuple(scores.tolist()))


def classification_predictor(
    model: nn.Module, preprocessing: Preprocessing, *, topk: int = 5
) -> Callable[[Path], Result]:
    """The function that classifies one file and draws the result."""

    def predict(path: Path) -> Result:
        image = load_image(path)
        found = classify(model, image, preprocessing, topk=topk)
        return Result({'image': str(path), **found.as_dict()}, draw(image, found))

    return predict


def draw(image: Image.Image, found: Classification) -> np.ndarray:
    """The image with its classes, a bar and a percentage each; small images are enlarged before.

    Returns:
        Pixels (H, W, 3) in RGB.
    """
    scale = max(1.0, SHORT_EDGE / min(image.size))
    canvas = image.resize((round(image.width * scale), round(image.height * scale))).convert('RGBA')
    line = max(12, min(canvas.size) // LINES_PER_EDGE)
    font = ImageFont.load_default(size=line * 0.75)
    shade = Image.new('RGBA', (canvas.width, line * len(found.names) + line // 2), SHADE)
    pen = ImageDraw.Draw(shade)
    bar = canvas.width // 4
    for row, (name, score) in enumerate(zip(found.names, found.probabilities, strict=True)):
        top = line // 4 + row * line
        pen.rectangle((line // 2, top + line // 4, line // 2 + bar * score, top + line * 3 // 4), fill=BAR)
        pen.text((line + bar, top + line // 2), f'{score:.0%}  {name}', fill=INK, font=font, anchor='lm')
    canvas.alpha_composite(shade, (0, canvas.height - shade.height))
    return np.asarray(canvas.convert('RGB'))


def load_inferencer(cfg: Config, checkpoint: str, device: str | None):
    """mmpretrain's :class:`~mmpretrain.apis.ImageClassificationInferencer` of a config and its weights.

    A device of None takes a GPU where there is one.
    """
    from mmengine.device import get_device
    from mmengine.registry import init_default_scope
    from mmpretrain.apis import ImageClassificationInferencer

    init_default_scope('mmpretrain')
    return ImageClassificationInferencer(cfg, pretrained=checkpoint, device=device or get_device())


def classify_file(inferencer, image: Path) -> Result:
    """The class that an inferencer gives an image, drawn as mmpretrain draws it."""
    from mmcv.image import imread

    batch = next(iter(inferencer.preprocess([str(image)])))
    samples = inferencer.forward(batch)
    answer = inferencer.postprocess(samples, None)[0]
    said = {'image': str(image), 'label': answer['pred_label'], 'score': answer['pred_score']}
    if 'pred_class' in answer:
        said['class'] = answer['pred_class']
    resize = SHORT_EDGE if min(imread(str(image)).shape[:2]) < SHORT_EDGE else None
    with tempfile.TemporaryDirectory() as folder:  # it draws only when it may write
        drawing = inferencer.visualize([str(image)], samples, show_dir=folder, resize=resize)[0]
    return Result(said, drawing)
