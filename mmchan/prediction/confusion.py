"""Which classes a tested network takes for which."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from mmchan.errors import InputError
from mmchan.prediction.classification import IMAGENET_CLASSES, class_names
from mmchan.prediction.results import IOU, Prediction, Scene, read_predictions, read_scenes

NOTHING = 'nothing'  # what a missed object is taken for, and what is there where something was made up
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Case:
    """An image, or an object in it, of known class and what it was taken for.

    Attributes:
        image: Its file.
        truth: Number of its class.
        predicted: Number of the class that it was taken for.
        score: Of the prediction, within [0, 1]; 0 for a missed object.
        box: The object: left, top, width, height, px; None for the image as a whole.
    """

    image: Path
    truth: int
    predicted: int
    score: float
    box: Box | None = None


@dataclass(frozen=True)
class Pair:
    """Cases of one class that were taken for one other.

    Attributes:
        truth: Name of their class.
        predicted: Name of the class that they were taken for.
        share: Of all cases of their class, within [0, 1].
        cases: The surest first.
    """

    truth: str
    predicted: str
    share: float
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Confusion:
    """How often which class was taken for which.

    Attributes:
        classes: Their names.
        cases: All of them.
    """

    classes: tuple[str, ...]
    cases: tuple[Case, ...]

    @cached_property
    def matrix(self) -> np.ndarray:
        """Numbers of cases: a row for each true class, a column for each predicted one."""
        from sklearn.metrics import confusion_matrix

        truths, said = ([getattr(case, name) for case in self.cases] for name in ('truth', 'predicted'))
        return confusion_matrix(truths, said, labels=range(len(self.classes)))

    @property
    def right(self) -> int:
        """Number of cases that were taken for what they are."""
        return int(np.trace(self.matrix))

    @property
    def summary(self) -> str:
        """How many cases are right, for people."""
        total = len(self.cases)
        return f'{self.right} of {total} right ({self.right / total:.1%})'

    def pairs(self, number: int) -> list[Pair]:
        """The pairs of different classes with the most cases; among equals by their share of the class."""
        groups = defaultdict(list)
        for case in self.cases:
            if case.truth != case.predicted:
                groups[case.truth, case.predicted].append(case)
        totals = self.matrix.sum(axis=1)
        found = [
            Pair(
                self.classes[truth],
                self.classes[predicted],
                len(cases) / int(totals[truth]),
                tuple(sorted(cases, key=lambda case: -case.score)),
            )
            for (truth, predicted), cases in groups.items()
        ]
        found.sort(key=lambda pair: (-len(pair.cases), -pair.share, pair.truth, pair.predicted))
        return found[:number]

    def as_dict(self, pairs: Sequence[Pair]) -> dict:
        """Plain values for JSON."""
        return {
            'classes': self.classes,
            'matrix': self.matrix.tolist(),
            'pairs': [
                {
                    'truth': pair.truth,
                    'predicted': pair.predicted,
                    'cases': len(pair.cases),
                    'share': pair.share,
                    'images': [str(case.image) for case in pair.cases],
                }
                for pair in pairs
            ],
        }


def of_classifier(results: Path, names: Sequence[str] | None = None, *, trust: bool = False) -> Confusion:
    """From the predictions that ``mmchan test --out FILE.pkl`` wrote.

    Args:
        results: The file.
        names: Names of the classes; None takes ImageNet's for 1000 of them, or those of the images' folders
            where every class has one.
        trust: Read the file also where it may run code.

    Raises:
        InputError: For another file, and for names that are not as many as the classes.
    """
    predictions = read_predictions(results, trust=trust)
    if not predictions:
        raise InputError(f'{results} holds no prediction')
    number = max(one.classes for one in predictions)
    if names is not None and len(names) != number:
        raise InputError(f'the results are for {number} classes, the config names {len(names)}')
    classes = names or _folder_names(predictions, number)
    cases = [Case(one.image, one.truth, one.predicted, one.score) for one in predictions]
    return Confusion(tuple(classes), tuple(cases))


def _folder_names(predictions: Sequence[Prediction], number: int) -> Sequence[str]:
    usual = class_names(number)
    folders = {(one.truth, one.image.parent.name) for one in predictions}
    names = dict(folders)
    if number == IMAGENET_CLASSES or not len(folders) == len(names) == len(set(names.values())):
        return usual
    return [names.get(label, usual[label]) for label in range(number)]


def of_detector(results: Path, annotations: Path, images: Path) -> Confusion:
    """From the detections that ``mmchan test --out NAME.json`` wrote, and the objects that are there.

    The surest detections choose first; each takes the free object that it overlaps most, of whatever class,
    by at least half of their union. Objects without a detection are taken for nothing, detections without an
    object take nothing for something.

    Args:
        results: The detections in COCO's format; those with a score below 50 % are left out.
        annotations: COCO annotation file.
        images: Folder of its images.

    Raises:
        InputError: For files that are none of these.
    """
    for path in (results, annotations):
        if not path.is_file():
            raise InputError(f'there is no file {str(path)!r}')
    try:
        scenes, names = read_scenes(annotations, images, results)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{results} and {annotations} are no results and annotations in COCO's format"
        ) from error
    numbers = {category: number for number, category in enumerate(names)}
    said = {entry['category_id'] for scene in scenes for entry in scene.detections}
    if not said <= names.keys():
        foreign = ', '.join(map(str, sorted(said - names.keys())))
        raise InputError(f'{results} has categories that {annotations} has not: {foreign}')
    cases = [case for scene in scenes for case in _cases(scene, numbers)]
    if not cases:
        raise InputError(f'{results} holds no detection, and {annotations} no object')
    return Confusion((*names.values(), NOTHING), tuple(cases))


def _cases(scene: Scene, numbers: dict[int, int]) -> Iterator[Case]:
    """What a scene's objects were taken for."""
    nothing, free = len(numbers), set(range(len(scene.objects)))
    for index in sorted(range(len(scene.detections)), key=lambda index: -scene.detections[index]['score']):
        found = scene.detections[index]
        best = max(free, key=lambda column: scene.overlaps[index, column], default=None)
        truth = nothing
        if best is not None and scene.overlaps[index, best] >= IOU:
            free.remove(best)
            truth = numbers[scene.objects[best]['category_id']]
        yield Case(scene.image, truth, numbers[found['category_id']], found['score'], tuple(found['bbox']))
    for column in sorted(free):
        entry = scene.objects[column]
        yield Case(scene.image, numbers[entry['category_id']], nothing, 0.0, tuple(entry['bbox']))
