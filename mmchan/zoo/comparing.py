"""Which results compare: those on the same images, after schedules of one class, by one rule of resolution.

The tables, the charts and the site take it from here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mmchan.zoo.records import UNPUBLISHED, Row

# the images that results are for, where the metafile does not say otherwise
SPLITS = {
    'ImageNet-1k': 'val',
    'COCO': 'val2017',
    'digits': 'val',
    'digits-coco': 'val',
    'CIFAR-10': 'test',
    'CIFAR-100': 'test',
    'Food-101': 'test',
    'Stanford Cars': 'test',
    'FGVC-Aircraft': 'test',
    'Oxford Flowers-102': 'test',
}
# the longest schedule of a class of classifiers, and how people read the class
CLASSES = ((150, 'up to 150 epochs'), (299, '151 to 299 epochs'), (float('inf'), '300 epochs or more'))
# detectors are trained by multiples of 12 epochs
TIMES = {12: '1x', 24: '2x', 36: '3x'}
OWN_RESOLUTIONS = 'own resolutions'  # of every network of a series


@dataclass(frozen=True)
class Conditions:
    """What two results have in common where one may be called better.

    Attributes:
        dataset: The data set that they are evaluated on.
        split: The images of it.
        schedule: The class of schedules.
        resolution: Of the image, or that every network of a series has its own.
    """

    dataset: str | None
    split: str | None
    schedule: str
    resolution: str

    @property
    def title(self) -> str:
        """How people read it beside others on the same data set.

        >>> Conditions('COCO', 'val2017', '1x', '1280x800').title
        'val2017, 1x, 1280x800'
        """
        return ', '.join(filter(None, (self.split, self.schedule, self.resolution)))


def conditions_of(row: Row) -> Conditions:
    """The conditions of a row's results."""
    resolution = OWN_RESOLUTIONS if row.scaled else row.resolution
    return Conditions(row.dataset, row.split, schedule_class(row), resolution)


def schedule_class(row: Row) -> str:
    """The class of a row's schedule; a schedule that nobody published compares within its source alone."""
    if row.schedule is None or row.schedule == UNPUBLISHED:
        return f'schedule of {row.source}'
    if row.detector or row.epochs is None:
        return row.schedule
    return next(name for most, name in CLASSES if row.epochs <= most)


def schedule_of(stated: str | None, epochs: int | None, *, detector: bool) -> str | None:
    """How people read a schedule.

    Args:
        stated: What the metafile says in words; it comes first.
        epochs: Passes over the training images; None where nobody knows.
        detector: Whether it is read as a multiple of 12 epochs.

    >>> schedule_of(None, 12, detector=True), schedule_of(None, 12, detector=False)
    ('1x', '12 epochs')
    """
    if stated or epochs is None:
        return stated
    return TIMES.get(epochs, f'{epochs} epochs') if detector else f'{epochs} epochs'


def with_scaled(found: Sequence[Row]) -> list[Row]:
    """Rows with what their neighbours tell: whether the networks of a series have their own resolutions."""
    sizes: dict[tuple[str | None, ...], set[str | None]] = {}
    for row in found:
        sizes.setdefault(_neighbours(row), set()).add(row.resolution)
    return [replace(row, scaled=len(sizes[_neighbours(row)]) > 1) for row in found]


def _neighbours(row: Row) -> tuple[str | None, ...]:
    return row.series, row.detector, row.dataset


def told_apart(row: Row) -> tuple[str | None, ...]:
    """What every table tells of a row beside its numbers; no two rows have it in common."""
    where = (row.variant, row.detector, row.dataset, row.split, row.resolution, row.schedule)
    return (*where, row.provenance, row.source, row.recipe)


def indistinguishable(found: Iterable[Row]) -> list[list[str]]:
    """The names of rows that read alike, those of one reading together."""
    alike: dict[tuple[str | None, ...], list[str]] = {}
    for row in found:
        alike.setdefault(told_apart(row), []).append(row.name)
    return [names for names in alike.values() if len(names) > 1]
