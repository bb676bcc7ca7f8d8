"""What charts show: networks by score and cost, and the curves of runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """A result in a chart.

    Attributes:
        series: Of the network.
        detector: Empty for classifiers.
        name: Of the network.
        x: Its cost.
        y: Its score.
        conditions: What it has in common with the results that it compares with.
        hollow: Whether it is quoted for comparison: its cost was not counted as that of the others was.
    """

    series: str
    detector: str
    name: str
    x: float
    y: float
    conditions: str = ''
    hollow: bool = False

    @property
    def group(self) -> tuple[str, str]:
        """What has a mark of its own."""
        return self.series, self.detector


@dataclass(frozen=True)
class Front:
    """Points that no other one beats of those that compare with them, by growing cost.

    Attributes:
        title: Their conditions, for the legend.
        points: Two or more.
    """

    title: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Chart:
    """All that a drawing needs; its axis of costs is logarithmic.

    Attributes:
        points: Sorted by group, then by cost.
        lines: The best points of every network, those of one group and kind of conditions by growing cost.
        fronts: One for every kind of conditions that two or more points make a front of.
        x_title: Title of the axis of costs.
        y_title: Title of the axis of scores.
        x_limit: The largest cost that is allowed; None for any.
    """

    points: tuple[Point, ...]
    lines: tuple[tuple[Point, ...], ...]
    fronts: tuple[Front, ...]
    x_title: str
    y_title: str
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
