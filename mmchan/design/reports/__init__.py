"""Reports about sweeps: a page, its figures, and every number of them."""

from mmchan.design.reports.numbers import Choices, numbers
from mmchan.design.reports.writing import write_report

__all__ = ['Choices', 'numbers', 'write_report']
