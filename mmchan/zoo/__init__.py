"""The model zoo: metafiles read, counted, checked, tabulated and drawn. Needs no torch to be read."""

from mmchan.zoo.metafiles import Entry, read_entries
from mmchan.zoo.quantities import COSTS, METRICS, Metric
from mmchan.zoo.records import Latency, Row
from mmchan.zoo.rows import PROVENANCES, rows
from mmchan.zoo.tasks import TASKS, Task

__all__ = [
    'COSTS',
    'METRICS',
    'PROVENANCES',
    'TASKS',
    'Entry',
    'Latency',
    'Metric',
    'Row',
    'Task',
    'read_entries',
    'rows',
]
