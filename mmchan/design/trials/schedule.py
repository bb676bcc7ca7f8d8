"""A schedule is stretched to another number of epochs: all of it, in proportion."""

from collections.abc import Mapping, Sequence

from mmchan.errors import InputError, require

# what MMEngine's schedulers count in epochs or iterations
_POINTS = ('begin', 'end', 'T_max', 'step_size', 'total_steps')
_LISTS = ('milestones', 'periods', 'restarts')


def with_epochs(config: Mapping[str, object], epochs: int) -> dict[str, object]:
    """A training config for another number of epochs.

    Args:
        config: As plain data, with epochs (``train_cfg.max_epochs``). It is not changed.
        epochs: How many, >= 1.

    Returns:
        The config; ends, milestones and lengths of its schedulers are stretched in proportion and rounded, so
        that what was shorter than the training stays so, and nothing that lasted vanishes.

    Raises:
        InputError: For a training that counts no epochs.
    """
    loop = config.get('train_cfg')
    length = loop.get('max_epochs') if isinstance(loop, Mapping) else None
    counts = isinstance(length, int) and length > 0
    require(counts, 'train_cfg.max_epochs', 'a number of epochs: sweeps train by epoch', length)
    schedulers = config.get('param_scheduler') or []
    several = isinstance(schedulers, Sequence)
    if not several and 'type' not in schedulers:
        raise InputError('param_scheduler must be one scheduler or a list; sweeps train with one optimizer')
    ratio = epochs / length
    stretched = [_stretched(one, ratio) for one in (schedulers if several else [schedulers])]
    return {**config, 'train_cfg': {**loop, 'max_epochs': epochs}, 'param_scheduler': stretched}


def _stretched(scheduler: Mapping, ratio: float) -> dict[str, object]:
    points = {name: _point(scheduler[name], ratio) for name in _POINTS if name in scheduler}
    lists = {
        name: [_point(value, ratio) for value in scheduler[name]] for name in _LISTS if name in scheduler
    }
    return {**scheduler, **points, **lists}


def _point(value: object, ratio: float) -> object:
    """A number of epochs or iterations; 0 stays 0, others are at least 1."""
    counts = isinstance(value, int) and not isinstance(value, bool)
    return max(1, int(value * ratio + 0.5)) if counts and value > 0 else value
