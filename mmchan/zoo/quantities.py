"""What the zoo has numbers of, one table each for metafiles, checks, tables, charts, commands and the site.

Every quantity has a ``key`` (its name in rows, options and columns), a ``heading`` (of a column), an ``axis``
(the title of one), a ``form`` (how a number is printed, in Python's notation) and ``of(row)``, its number.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mmchan.zoo.records import PUBLISHED, Row, Setting
from mmchan.zoo.tasks import CLASSIFICATION, DETECTION, SEGMENTATION


@dataclass(frozen=True)
class Metric:
    """A percentage that networks are compared by.

    Attributes:
        name: How metafiles spell it.
        task: The task that it is for.
        digits: Printed behind the point.
        main: Whether the site shows it without being asked.
    """

    key: str
    name: str
    heading: str
    axis: str
    task: str
    digits: int
    main: bool = False

    @property
    def form(self) -> str:
        """How it is printed."""
        return f'.{self.digits}f'

    def of(self, row: Row) -> float | None:
        """The percentage of a row; None where nobody reports it."""
        return row.metrics.get(self.key)


@dataclass(frozen=True)
class CostNumber:
    """A number of a network's cost.

    Attributes:
        name: How metafiles spell it.
        attribute: How :class:`mmchan.channels.Cost` spells it.
        unit: What it is printed in multiples of.
        main: Whether the site shows it without being asked.
    """

    key: str
    name: str
    attribute: str
    heading: str
    unit: float
    form: str
    main: bool = True

    @property
    def axis(self) -> str:
        """The title of its axis."""
        return self.heading

    def of(self, row: Row) -> float | None:
        """The number of a row, in units; None where nobody counted."""
        number = getattr(row, self.key)
        return None if number is None else number / self.unit


Quantity = Metric | CostNumber | Setting

METRICS = {
    metric.key: metric
    for metric in (
        Metric('top1', 'Top 1 Accuracy', 'top-1 (%)', 'top-1 accuracy (%)', CLASSIFICATION, 2, main=True),
        Metric('top5', 'Top 5 Accuracy', 'top-5 (%)', 'top-5 accuracy (%)', CLASSIFICATION, 2),
        Metric('box_ap', 'box AP', 'box AP', 'box AP (%)', DETECTION, 1, main=True),
        Metric('box_ap50', 'box AP@0.5', 'box AP50', 'box AP50 (%)', DETECTION, 1),
        Metric('box_ap75', 'box AP@0.75', 'box AP75', 'box AP75 (%)', DETECTION, 1),
        Metric('mask_ap', 'mask AP', 'mask AP', 'mask AP (%)', SEGMENTATION, 1, main=True),
        Metric('mask_ap50', 'mask AP@0.5', 'mask AP50', 'mask AP50 (%)', SEGMENTATION, 1),
        Metric('mask_ap75', 'mask AP@0.75', 'mask AP75', 'mask AP75 (%)', SEGMENTATION, 1),
    )
}
COSTS = {
    cost.key: cost
    for cost in (
        CostNumber('params', 'Parameters', 'parameters', 'parameters (M)', 1e6, '.2f'),
        CostNumber('macs', 'FLOPs', 'macs', 'MACs (G)', 1e9, '#.4g'),
        CostNumber('activations', 'Activations', 'activations', 'activations (M)', 1e6, '#.4g', main=False),
    )
}
METRIC_NAMES = {metric.name: metric for metric in METRICS.values()}
# the axes that need no row to be known; a latency measured elsewhere becomes one by its row
X_AXES = {**COSTS, **{key: setting for setting, key in PUBLISHED.items()}}


def settings_of(rows: Iterable[Row]) -> dict[str, Setting]:
    """The settings that any of the rows has a latency for, by key: published ones first, then by name."""
    present = {latency.setting for row in rows for latency in row.latencies}
    published = [setting for setting in PUBLISHED if setting in present]
    measured = sorted(present.difference(published), key=lambda setting: setting.key)
    return {setting.key: setting for setting in (*published, *measured)}


def columns_of(rows: Iterable[Row]) -> dict[str, Quantity]:
    """All quantities that rows may have a number for, by key, in the order of the tables' columns."""
    return {**COSTS, **METRICS, **settings_of(rows)}
