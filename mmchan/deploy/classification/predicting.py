"""Classify images with an open file."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from mmchan.deploy.preparing import prepare_image
from mmchan.deploy.runtimes import Session
from mmchan.prediction.classification import Classification, draw, load_image
from mmchan.prediction.files import Result


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis."""
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def classify(session: Session, image: Image.Image, *, topk: int = 5) -> Classification:
    """The most probable classes of an image.

    Args:
        session: Of a classifier.
        image: In RGB.
        topk: Number of classes, >= 1; at most all.
    """
    scores = softmax(session(prepare_image(image, session.metadata))[0])
    labels = np.argsort(-scores, kind='stable')[:topk].tolist()
    known = session.metadata.classes
    names = tuple(known[label] if known else f'class {label}' for label in labels)
    return Classification(tuple(labels), names, tuple(scores[labels].tolist()))


def predictor(session: Session, *, topk: int = 5, score_threshold: float = 0.3) -> Callable[[Path], Result]:
    """The function that classifies one file and draws the result.

    Args:
        session: Of a classifier.
        topk: Number of classes to name.
        score_threshold: Is for detectors.
    """

    def predict(path: Path) -> Result:
        image = load_image(path)
        found = classify(session, image, topk=topk)
        return Result({'image': str(path), **found.as_dict()}, draw(image, found))

    return predict
