"""How good a classifier is: on labelled images, else how often it agrees with another."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmchan.deploy.images import choose_images, labelled_images
from mmchan.deploy.metadata import Metadata
from mmchan.deploy.preparing import prepare_image
from mmchan.deploy.quantising import Judge
from mmchan.deploy.runtimes import Session
from mmchan.prediction.classification import load_image
from mmchan.progress import track


def load_inputs(folder: Path, metadata: Metadata, *, number: int, seed: int) -> list[np.ndarray]:
    """Inputs of images of a folder, to calibrate with: one image each.

    Args:
        folder: Of images, in it or in folders below.
        metadata: Of the network.
        number: How many at most.
        seed: Of the choice among more.
    """
    paths = choose_images(folder, number=number, seed=seed)
    return [prepare_image(load_image(path), metadata) for path in track(paths, f'reading {folder}')]


def top1(session: Session, inputs: Sequence[np.ndarray]) -> np.ndarray:
    """The most probable label of every input."""
    return np.array([int(session(one)[0].argmax()) for one in inputs])


def judge_of(
    before: Session, inputs: Sequence[np.ndarray], labelled: Path | None, *, number: int, seed: int
) -> Judge:
    """What decides about a quantised classifier.

    Args:
        before: The network in fp32.
        inputs: That it is calibrated with, for where there are no labels.
        labelled: A folder of class folders, or None.
        number: Images of it at most.
        seed: Of the choice among more.
    """
    if labelled is None:
        said = top1(before, inputs)
        title = f'agreement of top-1 with fp32 on the {len(inputs)} calibration images'
        return Judge(title, lambda session: _share(top1(session, inputs), said), is_accuracy=False)
    pairs = labelled_images(labelled, before.metadata.classes, number=number, seed=seed)
    shown = track(pairs, f'reading {labelled}')
    images = [prepare_image(load_image(path), before.metadata) for path, _ in shown]
    labels = np.array([label for _, label in pairs])
    title = f'top-1 accuracy on {len(labels)} images of {labelled}'
    return Judge(title, lambda session: _share(top1(session, images), labels), is_accuracy=True)


def _share(found: np.ndarray, wanted: np.ndarray) -> float:
    """Points, 0 to 100."""
    return 100 * float((found == wanted).mean())
