"""Does what a config schedules happen within its training?"""

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mmchan.checks.config.parts import listed, part, sequence, whole
from mmchan.checks.config.training import EPOCHS, ITERATIONS, Length, length_of
from mmchan.checks.walk import type_name
from mmchan.findings import FAIL, WARN, Finding

_NEARLY_LOWEST = 0.01  # of the way between the highest and the lowest value
# what their names end with: what they schedule
_SCHEDULED = ('LR', 'Momentum', 'WeightDecay')
# those that come down to a lowest value at their end
_ANNEALING = ('CosineAnnealing', 'Poly')
_WARM_UPS = ('Linear', 'QuadraticWarmup')
# those that change the value all the way to their end
_GRADUAL = (*_ANNEALING, *_WARM_UPS)


def check_schedule(cfg: Mapping) -> Iterator[Finding]:
    """Check a config's param_scheduler and validation against the length of its training.

    Returns:
        A fault for what MMEngine refuses; a warning for what never happens, or ends too early. What only
        keeps the last value until the end, as MultiStepLR does, is neither.
    """
    length = length_of(cfg)
    schedulers = []
    for scheduler in _schedulers(cfg):
        backwards = list(_check_span(scheduler))
        yield from backwards
        schedulers += [] if backwards else [scheduler]
    if length is None:
        return
    for scheduler in schedulers:
        yield from _check_length(scheduler, length)
    yield from _check_neighbours(schedulers, length)
    yield from _check_validation(cfg, length)


@dataclass(frozen=True)
class Scheduler:
    """One of a config's schedulers.

    Attributes:
        settings: Its part of the config.
        key: Where that stands.
        kind: The name of its type without what it schedules: 'Cosine' for 'CosineLR'.
        scheduled: 'LR', 'Momentum' or 'WeightDecay'.
    """

    settings: Mapping
    key: str
    kind: str
    scheduled: str

    @property
    def name(self) -> str:
        """The name of its type."""
        return f'{self.kind}{self.scheduled}'

    @property
    def by_epoch(self) -> bool:
        """Whether its numbers are epochs."""
        return bool(self.settings.get('by_epoch', True))

    @property
    def begin(self) -> float:
        """Where it begins, 0 by default."""
        return _number(self.settings.get('begin', 0)) or 0

    @property
    def end(self) -> float | None:
        """Where it ends; None where the config leaves that to the training's length."""
        return _number(self.settings.get('end'))

    def counts(self, length: Length) -> bool:
        """Whether its numbers are of the unit in which a training counts."""
        return self.by_epoch == (length.unit == EPOCHS)

    def lasts_to(self, length: Length) -> float:
        """Its end in a training."""
        return length.number if self.end is None else self.end

    def key_of(self, *names: str) -> str:
        """The key of the first of some settings that it has; its own without any."""
        return next((f'{self.key}.{name}' for name in names if name in self.settings), self.key)


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _schedulers(cfg: Mapping) -> Iterator[Scheduler]:
    for key, settings in listed(cfg.get('param_scheduler'), 'param_scheduler'):
        name = type_name(settings)
        scheduled = next((end for end in _SCHEDULED if name.endswith(end)), None)
        if scheduled:
            yield Scheduler(settings, key, name.removesuffix(scheduled), scheduled)


def _check_span(scheduler: Scheduler) -> Iterator[Finding]:
    """A fault where a scheduler ends before it begins."""
    if scheduler.end is not None and scheduler.end <= scheduler.begin:
        what = f'{scheduler.name} begins at {scheduler.begin:g} and ends at {scheduler.end:g}'
        yield Finding(FAIL, f'{scheduler.key}.end', what, 'let it end after it begins')


def _check_length(scheduler: Scheduler, length: Length) -> Iterator[Finding]:
    """Whether a scheduler does what it is for within the training."""
    if length.unit == ITERATIONS and scheduler.by_epoch:
        yield from _check_stepped(scheduler, length)
    if not scheduler.counts(length):
        return
    if scheduler.begin >= length.number:
        state = FAIL if scheduler.end is None else WARN
        yield _beyond(scheduler, 'begin', f'begins at {scheduler.begin:g}', length, state)
        return
    yield from _check_end(scheduler, length)
    yield from _check_steps(scheduler, length)


def _check_stepped(scheduler: Scheduler, length: Length) -> Iterator[Finding]:
    if not scheduler.settings.get('convert_to_iter_based'):
        what = f'{scheduler.name} counts epochs, but the training has none: {length}; it never does anything'
        yield Finding(WARN, scheduler.key_of('by_epoch'), what, 'set by_epoch=False and give iterations')


def _beyond(scheduler: Scheduler, name: str, does: str, length: Length, state: str = WARN) -> Finding:
    what = f'{scheduler.name} {does}, but {length}: it never does anything'
    return Finding(state, scheduler.key_of(name), what, f'lower it, or raise {length.key}')


def _check_end(scheduler: Scheduler, length: Length) -> Iterator[Finding]:
    """Gradual changes shall be complete when the training ends."""
    if scheduler.kind not in _GRADUAL:
        return
    end, last = scheduler.end, length.number
    if end is not None and end > last:
        value = 'its lowest value' if scheduler.kind in _ANNEALING else 'its full value'
        what = f'{scheduler.name} ends at {end:g}, but {length}: it never reaches {value}'
        yield Finding(WARN, f'{scheduler.key}.end', what, f'set it to {last}, or {length.key} to {end:g}')
        return
    if scheduler.kind == 'CosineAnnealing':
        yield from _check_period(scheduler, length)


def _check_period(scheduler: Scheduler, length: Length) -> Iterator[Finding]:
    """A cosine shall be at its lowest value where it ends, or nearly so."""
    period = _number(scheduler.settings.get('T_max'))
    span = scheduler.lasts_to(length) - scheduler.begin
    if not period or period < 0 or (1 + math.cos(math.pi * span / period)) / 2 <= _NEARLY_LOWEST:
        return
    does = 'never reaches its lowest value' if period > span else 'rises again'
    what = f'{scheduler.name} comes down in T_max={period:g} {length.unit}, but lasts {span:g}: it {does}'
    yield Finding(WARN, f'{scheduler.key}.T_max', what, f'set it to {span:g}, or leave it out')


def _check_steps(scheduler: Scheduler, length: Length) -> Iterator[Finding]:
    """Steps down shall come before the training, and the scheduler, ends."""
    last = min(length.number, scheduler.lasts_to(length))
    for name, steps in _steps(scheduler).items():
        late = [step for step in steps if step >= last]
        if late:
            ends = f'{length}' if last == length.number else f'it ends at {last:g}'
            what = f'{scheduler.name} would step at {", ".join(f"{step:g}" for step in late)}, but {ends}'
            yield Finding(WARN, f'{scheduler.key}.{name}', what, 'step earlier, or train longer')


def _steps(scheduler: Scheduler) -> dict[str, list[float]]:
    """Where a scheduler steps down, by the setting that says it; of equal steps the first."""
    if scheduler.kind == 'MultiStep':
        given = map(_number, sequence(scheduler.settings.get('milestones')))
        return {'milestones': [step for step in given if step is not None]}
    size = _number(scheduler.settings.get('step_size')) if scheduler.kind == 'Step' else None
    return {} if size is None else {'step_size': [scheduler.begin + size]}


def _check_neighbours(schedulers: list[Scheduler], length: Length) -> Iterator[Finding]:
    """Schedulers of one value shall follow each other to the training's end."""
    for scheduled in _SCHEDULED:
        ours = [one for one in schedulers if one.scheduled == scheduled]
        # in another unit, or in both, nobody can say here what comes first
        annealing = [one for one in ours if one.kind in _ANNEALING] if _comparable(ours, length) else []
        for one, other in itertools.pairwise(sorted(annealing, key=lambda one: one.begin)):
            yield from _check_overlap(one, other, length)
        if annealing:
            yield from _check_rest(annealing, ours, length)


def _comparable(schedulers: list[Scheduler], length: Length) -> bool:
    """Whether all but warm-ups count as the training does."""
    return all(one.counts(length) for one in schedulers if one.kind not in _WARM_UPS)


def _check_overlap(one: Scheduler, other: Scheduler, length: Length) -> Iterator[Finding]:
    end = one.lasts_to(length)
    if one.settings.get('param_name') == other.settings.get('param_name') and other.begin < end:
        what = f'{other.name} begins at {other.begin:g}, before {one.name} at {one.key} ends at {end:g}'
        remedy = f'let it begin at {end:g}, or the other end at {other.begin:g}'
        yield Finding(WARN, other.key_of('begin'), f'{what}: each works on what the other left', remedy)


def _check_rest(annealing: list[Scheduler], ours: list[Scheduler], length: Length) -> Iterator[Finding]:
    """A warning where a training goes on at the lowest value, and nothing in the config says so."""
    end = max(one.lasts_to(length) for one in ours if one.counts(length))
    last = max(annealing, key=lambda one: one.lasts_to(length))
    if last.lasts_to(length) < length.number and end < length.number:
        what = (
            f'{last.name} ends at {last.end:g}, but {length}: the last {length.number - last.end:g} '
            f'{length.unit} are trained at its lowest value'
        )
        yield Finding(WARN, f'{last.key}.end', what, f'set it to {length.number}')


def _check_validation(cfg: Mapping, length: Length) -> Iterator[Finding]:
    begin = whole(part(cfg, 'train_cfg').get('val_begin'))
    # one more than the last is how a config says that it wants none
    if begin is not None and begin > length.number + 1 and cfg.get('val_cfg') is not None:
        what = f'is {begin}, but {length}: there is never a validation'
        yield Finding(WARN, 'train_cfg.val_begin', what, f'set it to at most {length.number}')
