"""The model zoo: metafiles read, counted, checked, tabulated and drawn. Needs no torch to be read."""

from mmchan.zoo.metafiles import Entry, read_entries
from mmchan.zoo.rows import METRICS, PROVENANCES, TASKS, rows

__all__ = ['METRICS', 'PROVENANCES', 'TASKS', 'Entry', 'read_entries', 'rows']
