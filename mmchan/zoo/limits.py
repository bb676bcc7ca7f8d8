"""Limits as people write them: 10ms, 0.01s, 6M, 400M, 1.2G."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from mmchan.errors import InputError

TIMES: Mapping[str, float] = MappingProxyType({'us': 1e-3, 'ms': 1.0, 's': 1e3})
COUNTS: Mapping[str, float] = MappingProxyType({'': 1.0, 'k': 1e3, 'm': 1e6, 'g': 1e9})
_NUMBER = re.compile(r'\s*(\d+(?:\.\d*)?|\.\d+)\s*([a-z]*)\s*', re.IGNORECASE)


def milliseconds(text: str, name: str) -> float:
    """A time in ms.

    Args:
        text: A number with its unit: us, ms or s.
        name: What it limits, for the message.

    >>> milliseconds('10ms', 'latency'), milliseconds('0.01 s', 'latency')
    (10.0, 10.0)

    Raises:
        InputError: For another text, and for 0.
    """
    return _parsed(text, TIMES, f'{name} must be a time above 0 with its unit, such as 10ms or 0.01s')


def count(text: str, name: str) -> float:
    """A number of parameters or multiply-accumulates.

    Args:
        text: A number, with K, M or G behind it for thousands, millions and billions.
        name: What it limits, for the message.

    >>> count('400M', 'MACs'), count('1.2G', 'MACs'), count('6000000', 'parameters')
    (400000000.0, 1200000000.0, 6000000.0)

    Raises:
        InputError: For another text, and for 0.
    """
    return _parsed(text, COUNTS, f'{name} must be a number above 0, such as 6M, 400M or 1.2G')


def _parsed(text: str, units: Mapping[str, float], rule: str) -> float:
    match = _NUMBER.fullmatch(text)
    if match is None or match[2].lower() not in units or float(match[1]) == 0:
        raise InputError(f'{rule}, got {text!r}')
    return round(float(match[1]) * units[match[2].lower()], 6)
