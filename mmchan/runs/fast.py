"""``--fast``: what may change numbers beyond rounding, chosen for the machine at hand, and why."""

import importlib.util
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mmengine.config import Config
from mmengine.device import get_device

from mmchan.runs.amp import bf16_hardware, set_test_amp, set_training_amp
from mmchan.runs.half_precision import speed_in_bf16
from mmchan.runs.settings import CHANNELS_LAST, COMPILED, FAST, is_compiled, wants_channels_last
from mmchan.runs.speed import HALF

FUSED = ('SGD', 'Adam', 'AdamW')  # optimizers of torch with one kernel for all parameters
LEAST_EPOCHS, LEAST_ITERATIONS = 5, 2000  # of a training that is longer than a minute of compiling
LEAST_GAIN = 1.05  # below it the loss of digits is not worth it
_EXACT = '; the same but for rounding'


class Choice(NamedTuple):
    """Whether something is done, and why or why not."""

    done: bool
    why: str


def set_fast_training(cfg: Config) -> None:
    """Let a config train as fast as this machine can; what it has chosen itself stays.

    Args:
        cfg: The config, which is changed; an optimizer in half precision is set already or not at all.

    Raises:
        InputError: For an optimizer's wrapper that is none of MMEngine's.
    """
    settings = _begin(cfg)
    if (
        half_precision(cfg, trains=True).done
        and cfg.optim_wrapper.get('type', 'OptimWrapper') == 'OptimWrapper'
    ):
        set_training_amp(cfg, 'auto')
    settings.setdefault(COMPILED, compiled(cfg).done)
    if fused(cfg).done:
        cfg.optim_wrapper.optimizer.setdefault('fused', True)


def set_fast_test(cfg: Config, *, amp: str | None = None) -> None:
    """Let a config test as fast as this machine can; a single pass is not worth compiling.

    Args:
        cfg: The config, which is changed.
        amp: What ``--amp`` said, which is done already.
    """
    _begin(cfg)
    if amp is None and half_precision(cfg, trains=False).done:
        set_test_amp(cfg, 'auto')


def _begin(cfg: Config) -> dict:
    settings = cfg.setdefault('runtime_cfg', {})
    settings[FAST] = True
    settings.setdefault(CHANNELS_LAST, True)
    return settings


def told(cfg: Config, *, trains: bool) -> Iterator[str]:
    """What a log should say of ``--fast``: a line for each choice, and why.

    Args:
        cfg: A config of :func:`set_fast_training` or :func:`set_fast_test`.
        trains: Of a training.
    """
    settings = cfg.get('runtime_cfg')
    half = half_precision(cfg, trains=trains)
    given = _unlike(half, cfg.get('optim_wrapper', {}).get('type') in HALF) if trains else ''
    yield f'--fast: {"half precision" if half.done else "fp32"}: {half.why}{given}'
    if wants_channels_last(settings):
        yield f'--fast: channels_last: channels lie innermost in memory{_EXACT}'
    if not trains:
        return
    wanted = compiled(cfg)
    given = _unlike(wanted, is_compiled(settings))
    yield f'--fast: {"compiled" if wanted.done else "not compiled"}: {wanted.why}{given}'
    one = fused(cfg)
    yield f'--fast: {"fused" if one.done else "ordinary"} optimizer: {one.why}'


def _unlike(choice: Choice, done: bool) -> str:
    """What is said where a config has chosen otherwise."""
    return '' if choice.done == done else '; but the config says otherwise, and that is done'


def half_precision(cfg: Config, *, trains: bool) -> Choice:
    """Whether half precision is faster here; on a CPU that computes it in hardware the clock is asked."""
    if get_device() != 'cpu':
        return Choice(True, 'GPUs compute fp16 several times as fast; losses are scaled')
    if not bf16_hardware():
        return Choice(False, 'this CPU has neither AVX512-BF16 nor AMX, and imitates bf16 many times slower')
    speed = speed_in_bf16(cfg, trains=trains)
    if speed is None:
        return Choice(False, 'the config tells no size of its images, for which it could be timed')
    why = f'the backbone takes {1 / speed.median:.2f} times as long in bf16 as in fp32, by {bf16_hardware()}'
    done = speed.median > LEAST_GAIN
    return Choice(done, f'{why}{"; heads and losses stay in fp32" if done else ""}')


def compiled(cfg: Config) -> Choice:
    """Whether compiling the backbone pays for a training."""
    if get_device() == 'cpu':
        return Choice(False, 'on CPUs a compiled step was slower than an ordinary one in channels_last')
    if not has_triton():
        return Choice(False, 'there is no compiler for GPUs: Triton is not installed')
    if cfg.get('default_scope') != 'mmpretrain':
        return Choice(False, 'images of changing sizes would be compiled for again and again')
    if not _is_long(cfg.get('train_cfg') or {}):
        return Choice(False, 'the training is short, and compiling takes about a minute')
    return Choice(True, 'the first iterations take about a minute, all others less than without')


def has_triton() -> bool:
    """Whether torch can compile for a GPU."""
    return importlib.util.find_spec('triton') is not None


def _is_long(train_cfg: Mapping) -> bool:
    return train_cfg.get('max_epochs', 0) >= LEAST_EPOCHS or train_cfg.get('max_iters', 0) >= LEAST_ITERATIONS


def fused(cfg: Config) -> Choice:
    """Whether the optimizer updates all parameters in one kernel."""
    if get_device() == 'cpu':
        return Choice(False, 'on CPUs a fused one gains nothing')
    name = (cfg.optim_wrapper.get('optimizer') or {}).get('type')
    if name not in FUSED:
        return Choice(False, f'{name} has no fused form')
    return Choice(True, f'one kernel updates all parameters{_EXACT}')
