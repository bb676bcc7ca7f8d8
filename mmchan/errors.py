"""Checks of what users give us, worded the same everywhere: argument, rule, value."""

from collections.abc import Iterable

FEW = 24  # names that a message lists all


class InputError(ValueError):
    """A user's mistake. The message says what was given, what is allowed and what to do.

    Commands print the message and exit with :attr:`exit_code`; everything else stays a traceback.
    """

    exit_code = 2


class BadNumbersError(InputError):
    """A training met NaN or Inf and cannot go on: trying again without a change will not help."""

    exit_code = 3


def require(condition: bool, argument: str, rule: str, value: object) -> None:
    """Raise InputError naming the argument, the rule and the value unless the condition holds."""
    if not condition:
        raise InputError(f'{argument} must be {rule}, got {value!r}')


def require_integer(value: object, argument: str, *, least: int = 1) -> None:
    """Raise InputError unless value is an integer (bool excluded) of at least ``least``."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    require(whole and value >= least, argument, f'an integer >= {least}', value)


def suggestion(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the nearest known one; where none is near, all if few."""
    import difflib  # which few programs need

    known = sorted(known)
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    if near:
        return f'did you mean {near[0]!r}?'
    if len(known) <= FEW:
        return f'known: {", ".join(known)}'
    nearest = difflib.get_close_matches(name.lower(), known, n=FEW // 4, cutoff=0)
    return f'the nearest of {len(known)} known: {", ".join(nearest)}'


def require_known(name: str, known: Iterable[str], what: str) -> None:
    """Raise InputError with the nearest known name unless ``name`` is among the known ones."""
    known = list(known)
    if name not in known:
        raise InputError(f'unknown {what} {name!r}; {suggestion(str(name), known)}')
