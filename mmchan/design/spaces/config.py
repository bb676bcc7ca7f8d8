"""Laws, constraints and spaces as plain data: what a config, a JSON file or a table's first line says.

Everything is written as OpenMMLab writes parts: ``dict(type='LogUniform', low=8, high=1024, quantum=8)``.
What has its default is left out, so that a default that is added later changes no digest.
"""

import inspect
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass

from mmchan.errors import InputError, require_known, suggestion


def described(part: object) -> object:
    """A part as plain data.

    Raises:
        InputError: For what only code says, such as a function.

    >>> from mmchan.design.spaces.laws import LogUniform
    >>> described(LogUniform(8, 1024, 8))
    {'type': 'LogUniform', 'low': 8, 'high': 1024, 'quantum': 8}
    """
    if is_dataclass(part) and not isinstance(part, type):
        given = ((field, getattr(part, field.name)) for field in fields(part))
        said = {field.name: described(value) for field, value in given if not _is_default(field, value)}
        return {'type': type(part).__name__, **said}
    if isinstance(part, Mapping):
        return {key: described(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [described(value) for value in part]
    if part is None or isinstance(part, bool | int | float | str):
        return part
    raise InputError(f'a config cannot say {part!r}; use the Space from Python, or a part that has a type')


def _is_default(field: object, value: object) -> bool:
    return field.default is not MISSING and field.default == value


def built(data: object, kinds: Mapping[str, type], *, what: str = 'part') -> object:
    """The part that plain data describe.

    Args:
        data: As :func:`described` returns them.
        kinds: The classes by name.
        what: What it is, for messages.

    Raises:
        InputError: For an unknown type or argument, or a wrong value.
    """
    if isinstance(data, list | tuple):
        return tuple(built(value, kinds, what=what) for value in data)
    if not isinstance(data, Mapping):
        return data
    if data.get('type') not in kinds:
        raise InputError(_no_type(data, kinds, what))
    kind = kinds[data['type']]
    arguments = {name: built(value, kinds, what=name) for name, value in data.items() if name != 'type'}
    _check_arguments(kind, arguments)
    return kind(**arguments)


def _no_type(data: Mapping, kinds: Mapping[str, type], what: str) -> str:
    if 'type' in data:
        return f'unknown type {data["type"]!r} of {what}; {suggestion(str(data["type"]), kinds)}'
    return f'{what} must name its type, one of {", ".join(sorted(kinds))}; got {dict(data)!r}'


def _check_arguments(kind: type, arguments: Mapping[str, object]) -> None:
    known = inspect.signature(kind).parameters
    for name in arguments:
        require_known(name, known, f'argument of {kind.__name__}')
    missing = [one.name for one in known.values() if one.default is one.empty and one.name not in arguments]
    if missing:
        raise InputError(f'{kind.__name__} must be given {", ".join(missing)}, got {dict(arguments)!r}')
