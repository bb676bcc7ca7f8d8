"""What charts show: networks by score and cost, and the curves of runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """A network in a chart: its series, its detector (empty for classifiers), its name, cost and score."""

    series: str
    detector: str
    name: str
    x: float
    y: float

    @property
    def group(self) -> tuple[str, str]:
        """What a line of the chart joins."""
        return self.series, self.detector


@dataclass(frozen=True)
class Chart:
    """All that a drawing needs.

    Attributes:
        points: Sorted by group, then by cost.
        front: Those that no other beats, by growing cost.
        x_title: Title of the axis of costs.
        y_title: Title of the axis of scores.
        x_scale: 'log' or 'linear'.
        x_limit: The largest cost that is allowed; None for any.
    """

    points: tuple[Point, ...]
    front: tuple[Point, ...]
    x_title: str
    y_title: str
    x_scale: str
    x_limit: float | None = None


@dataclass(frozen=True)
class Curve:
    """A line: its name in the legend, its points by growing x, and points as they were before smoothing."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    rough: tuple[float, ...] = ()


@dataclass(frozen=True)
class Panel:
    """Curves over one axis.

    Attributes:
        title: What the values are.
        x_title: Title of the axis below.
        curves: At most one per run.
    """

    title: str
    x_title: str
    curves: tuple[Curve, ...]
