"""MMEngine's Runner, exact: killed at any moment and resumed, it ends as if it had never been killed."""

from mmengine.runner import Runner

from mmchan import compat
from mmchan.registry import RUNNERS
from mmchan.runs.settings import hooks_of


@RUNNERS.register_module()
class ExactRunner(Runner):
    """The Runner of ``_base_/runtime/exact.py``.

    It takes every argument of MMEngine's Runner; ``cfg.runtime_cfg`` holds the settings of its own hooks, see
    :mod:`mmchan.runs.settings`.
    """

    @classmethod
    def from_cfg(cls, cfg: dict) -> 'ExactRunner':
        """Build a Runner from a config, from whatever tool: it needs no other preparation."""
        compat.apply()
        return super().from_cfg(cfg)

    def register_default_hooks(self, hooks: dict | None = None) -> None:
        """Register MMEngine's default hooks, the checkpoint's replaced by ours, and our own."""
        ours = hooks_of(self.cfg.get('runtime_cfg'))
        hooks = dict(hooks or {})
        if hooks.get('checkpoint', {}) is not None:
            given = hooks.get('checkpoint', {'type': 'CheckpointHook'})
            hooks['checkpoint'] = _ours(given, ours.pop('checkpoint', None))
        super().register_default_hooks({**hooks, **ours})


def _ours(given: dict, settings: dict | None) -> dict:
    """The config of a checkpoint hook, with our type and settings where it is MMEngine's."""
    if settings is None or given.get('type') not in ('CheckpointHook', 'mmengine.CheckpointHook'):
        return given
    return {**given, **settings}
