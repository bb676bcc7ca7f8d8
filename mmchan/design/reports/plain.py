"""Arrays and records of statistics as plain data: what JSON holds."""

from dataclasses import fields
from math import isfinite

import numpy as np

Number = int | float | None


def plain(value: object) -> object:
    """A value as lists, names and numbers; what is not finite becomes None.

    >>> plain({'shares': np.array([0.5, np.nan]), 'sizes': (3, np.int64(4))})
    {'shares': [0.5, None], 'sizes': [3, 4]}
    """
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, float) and not isfinite(value):
        return None
    return value


def record(found: object, *names: str) -> dict[str, object]:
    """Attributes of a statistic by name; all of its fields by default."""
    return plain({name: getattr(found, name) for name in names or (one.name for one in fields(found))})
