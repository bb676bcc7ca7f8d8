"""What a config's ``runtime_cfg`` may say: the settings of :class:`mmchan.runs.runner.ExactRunner`."""

from collections.abc import Mapping

from mmchan.errors import InputError, require_known

# name in runtime_cfg -> type of the hook that takes its settings; None in a config leaves the hook out.
# 'checkpoint' adds its settings to those of default_hooks.checkpoint
HOOKS: dict[str, str] = {
    'bad_steps': 'mmchan.BadStepsHook',
    'checkpoint': 'mmchan.CheckpointHook',
    'live': 'mmchan.LiveHook',
    'waiting': 'mmchan.WaitingHook',
    'scalars': 'mmchan.ScalarsHook',
    'summary': 'mmchan.SummaryHook',
}
NEW_SCHEDULE = 'new_schedule'
TOTAL_BATCH_SIZE = 'total_batch_size'
CHANNELS_LAST = 'channels_last'
COMPILED = 'compiled'
FAST = 'fast'
PLAIN = (NEW_SCHEDULE, TOTAL_BATCH_SIZE, CHANNELS_LAST, COMPILED, FAST)


def wants_new_schedule(runtime_cfg: Mapping | None) -> bool:
    """Whether a resumed training shall follow the config's schedule instead of the checkpoint's."""
    return bool((runtime_cfg or {}).get(NEW_SCHEDULE, False))


def total_batch_size(runtime_cfg: Mapping | None) -> int | None:
    """Samples of a training batch of all processes; None takes the loader's for each."""
    return (runtime_cfg or {}).get(TOTAL_BATCH_SIZE)


def wants_channels_last(runtime_cfg: Mapping | None) -> bool | None:
    """Whether backbones of ours compute in channels_last; None where the device decides: on a CPU."""
    return (runtime_cfg or {}).get(CHANNELS_LAST)


def is_compiled(runtime_cfg: Mapping | None) -> bool:
    """Whether ``torch.compile`` compiles backbones of ours."""
    return bool((runtime_cfg or {}).get(COMPILED, False))


def is_fast(runtime_cfg: Mapping | None) -> bool:
    """Whether a run may change numbers beyond rounding to be fast, see :mod:`mmchan.runs.fast`."""
    return bool((runtime_cfg or {}).get(FAST, False))


def hooks_of(runtime_cfg: Mapping | None) -> dict[str, dict]:
    """The configs of our hooks, by their name in ``runtime_cfg``, without those that are switched off.

    Raises:
        InputError: For a name that is none of ours, and settings that are neither a dict nor None.
    """
    given = {name: settings for name, settings in (runtime_cfg or {}).items() if name not in PLAIN}
    for name, settings in given.items():
        require_known(name, [*HOOKS, *PLAIN], 'setting of runtime_cfg')
        if settings is not None and not isinstance(settings, Mapping):
            raise InputError(
                f'runtime_cfg.{name} must be a dict of settings, or None to switch it off, got {settings!r}'
            )
    wanted = {name: given.get(name, {}) for name in HOOKS}
    return {
        name: {'type': HOOKS[name], **settings} for name, settings in wanted.items() if settings is not None
    }
