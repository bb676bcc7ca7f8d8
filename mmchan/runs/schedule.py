"""The schedule of a training: what a resumed one must share with the one that it goes on with."""

import itertools
import json
from collections.abc import Iterator, Mapping

from mmengine.config import Config
from mmengine.optim import OptimWrapper, _ParamScheduler
from mmengine.runner import Runner

from mmchan.errors import InputError

# of the optim_wrapper; whether it computes in half precision, as --amp says, may change
_OF_UPDATES = ('optimizer', 'accumulative_counts', 'clip_grad', 'paramwise_cfg', 'constructor')


def schedule_of(cfg: Config, *, total_batch_size: int, samples: int) -> dict:
    """What a training follows, as plain values.

    Args:
        cfg: Its config.
        total_batch_size: Samples of a batch of all processes.
        samples: Samples of the training data.
    """
    parts = {
        'train_cfg': {key: value for key, value in cfg.train_cfg.items() if key.startswith('max_')},
        'optim_wrapper': _of_updates(cfg.optim_wrapper),
        'auto_scale_lr': bool((cfg.get('auto_scale_lr') or {}).get('enable', False)),
        'param_scheduler': cfg.get('param_scheduler'),
        'total_batch_size': total_batch_size,
        'samples': samples,
    }
    return json.loads(json.dumps(parts, default=_plain))


def _of_updates(optim_wrapper: Mapping) -> dict:
    """What an optimizer does, whatever kernels do it."""
    found = {name: optim_wrapper[name] for name in _OF_UPDATES if name in optim_wrapper}
    if isinstance(found.get('optimizer'), Mapping):
        found['optimizer'] = {key: value for key, value in found['optimizer'].items() if key != 'fused'}
    return found


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else getattr(value, '__name__', repr(value))


def refuse_other_schedule(saved: Mapping, now: Mapping, path: str) -> None:
    """Raise InputError that says how two schedules differ; do nothing where they do not.

    Args:
        saved: The schedule of a checkpoint.
        now: That of the config.
        path: The checkpoint.
    """
    differences = list(_differences(saved, now))
    if differences:
        listed = '\n'.join(f'  {line}' for line in differences)
        raise InputError(
            f'{path} was saved by a training with another schedule:\n{listed}\n'
            'Go on with the new one from where it was saved: --new-schedule. To go on with the old one, put '
            f'the config back{_remedy(saved, now)}'
        )


def _remedy(saved: Mapping, now: Mapping) -> str:
    """What keeps the total batch where another number of processes changed it."""
    total = saved.get('total_batch_size')
    if total == now.get('total_batch_size'):
        return ''
    return (
        '; with another number of processes, keep the total batch: '
        f'--cfg-options runtime_cfg.total_batch_size={total}'
    )


def _differences(saved: object, now: object, name: str = '') -> Iterator[str]:
    if isinstance(saved, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys([*saved, *now]):
            yield from _differences(saved.get(key), now.get(key), f'{name}.{key}' if name else str(key))
    elif isinstance(saved, list) and isinstance(now, list) and len(saved) == len(now):
        for number, (one, other) in enumerate(zip(saved, now, strict=True)):
            yield from _differences(one, other, f'{name}[{number}]')
    elif saved != now:
        yield f'{name}: {saved!r} in the checkpoint, {now!r} now'


def learning_rates(optim_wrapper: OptimWrapper) -> list[float]:
    """Those that the config gives to every group of parameters, whatever the schedulers made of them."""
    return [group.get('initial_lr', group['lr']) for group in optim_wrapper.param_groups]


def restart_schedulers(runner: Runner, rates: list[float]) -> None:
    """Bring the schedulers of the config to where the training is, whatever a checkpoint said.

    Args:
        runner: A Runner that has resumed.
        rates: What :func:`learning_rates` gave before.
    """
    for group, rate in zip(runner.optim_wrapper.param_groups, rates, strict=True):
        group.pop('initial_lr', None)
        group['lr'] = rate
    runner.param_schedulers = runner.build_param_scheduler(runner.cfg.get('param_scheduler') or [])
    built = runner.param_schedulers
    schedulers = list(itertools.chain(*built.values())) if isinstance(built, dict) else built
    epoch_length = len(runner.train_dataloader) if runner.epoch else 0
    # those that follow metrics cannot be brought there: the metrics are not kept
    _step_to(
        runner.iter, [one for one in schedulers if not getattr(one, 'need_val_args', False)], epoch_length
    )


def _step_to(last: int, schedulers: list[_ParamScheduler], epoch_length: int) -> None:
    """Step schedulers as a training of ``last`` iterations does; ``epoch_length`` is 0 without epochs."""
    always = [scheduler for scheduler in schedulers if not scheduler.by_epoch]
    at_ends = [*always, *(scheduler for scheduler in schedulers if scheduler.by_epoch)]
    for iteration in range(1, last + 1):
        ends = epoch_length and iteration % epoch_length == 0
        for scheduler in at_ends if ends else always:
            scheduler.step()
