"""From what runs logged to the curves that are drawn."""

import math
from collections.abc import Iterable, Sequence

from mmchan.drawing.points import Curve, Panel
from mmchan.errors import InputError, suggestion
from mmchan.runs.logs import SPEED, RunLog

METRICS = 2  # that are drawn unless asked for
PARTS = 20  # of a curve: each value is averaged with about as many as one of them has
MOST = 0.98  # weight of what went before, of a long curve
TITLES = {'lr': 'learning rate', SPEED: 'images per second', 'time': 'seconds per iteration'}


def smoothed(values: Sequence[float]) -> list[float]:
    """Running averages, in which what lies long back counts less; NaN is skipped, short curves stay rough."""
    keep = min(MOST, max(0.0, 1 - PARTS / max(1, len(values))))
    averages, total, weight = [], 0.0, 0.0
    for value in values:
        if math.isfinite(value):
            total, weight = keep * total + value, keep * weight + 1
        averages.append(total / weight if weight else math.nan)
    return averages


def panels(logs: Sequence[RunLog], keys: Sequence[str] = ()) -> list[Panel]:
    """Curves of all runs, one panel per key.

    Args:
        logs: The runs.
        keys: What to draw; by default loss, the first metrics, learning rate and speed.

    Raises:
        InputError: For a key that no run logged, with the nearest that one did.
    """
    known = {key: None for log in logs for key in log.series}
    for key in keys:
        if key not in known:
            raise InputError(f'no run logged {key!r}; {suggestion(key, known)}')
    return [_panel(logs, key) for key in keys or _defaults(logs, known)]


def _defaults(logs: Sequence[RunLog], known: Iterable[str]) -> list[str]:
    metrics = list(dict.fromkeys(key for log in logs for key in log.metrics))[:METRICS]
    speed = SPEED if SPEED in known else 'time'
    return [key for key in ('loss', *metrics, 'lr', speed) if key in known]


def _panel(logs: Sequence[RunLog], key: str) -> Panel:
    curves = [_curve(log, key) for log in logs if key in log.series]
    return Panel(TITLES.get(key, key), 'iteration', tuple(curves))


def _curve(log: RunLog, key: str) -> Curve:
    found = log.series[key]
    x = tuple(map(float, found.iterations))
    if key in log.metrics or key.endswith('lr'):
        return Curve(log.name, x, found.values)
    return Curve(log.name, x, tuple(smoothed(found.values)), rough=found.values)
