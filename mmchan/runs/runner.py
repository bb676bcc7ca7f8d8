"""MMEngine's Runner, exact: killed at any moment and resumed, it ends as if it had never been killed."""

import copy
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mmengine.config import Config
from mmengine.dist import gather_object, get_rank
from mmengine.hooks import EarlyStoppingHook, EMAHook
from mmengine.model import is_model_wrapper
from mmengine.runner import BaseLoop, Runner
from torch import nn
from torch.utils.data import DataLoader

from mmchan import compat
from mmchan.data import loaders, seeding
from mmchan.process.allocator import keep_freed_memory
from mmchan.registry import RUNNERS
from mmchan.runs import changes, fast, schedule, speed
from mmchan.runs.hooks.bad_steps import RollBack
from mmchan.runs.hooks.checkpoint import CheckpointHook
from mmchan.runs.loops import EpochLoop, ExactLoop, IterLoop
from mmchan.runs.newest import newest_whole, told
from mmchan.runs.own_state import own_state
from mmchan.runs.resume import KEY, current_schedule, put_back, put_back_under_new_schedule
from mmchan.runs.settings import hooks_of, is_fast, total_batch_size, wants_new_schedule
from mmchan.runs.stopping import EXIT_CODE, Stopped, StopRequest, stop_requests
from mmchan.weights.checkpoints import safe_checkpoints

_LOOPS = {'EpochBasedTrainLoop': EpochLoop, 'IterBasedTrainLoop': IterLoop}
_PROGRESS_HOOK = {'type': 'mmchan.ProgressHook'}
_STOP_HOOK = {'type': 'mmchan.StopHook'}


@RUNNERS.register_module()
class ExactRunner(Runner):
    """The Runner of ``_base_/runtime/exact.py``.

    It takes every argument of MMEngine's Runner; ``cfg.runtime_cfg`` holds the settings of its own hooks, see
    :mod:`mmchan.runs.settings`. Its checkpoints resume in MMEngine's Runner too, at the next epoch.
    """

    stop = StopRequest()
    resumes_from: str | None = None
    _loaded: Mapping = {}  # the checkpoint, until it is resumed
    at_first: Mapping[str, object] = {}  # the model's plain values before any training
    own_states: Sequence[Mapping] = ()  # what each process holds alone, while a checkpoint is saved

    @classmethod
    def from_cfg(cls, cfg: dict) -> 'ExactRunner':
        """Build a Runner from a config, from whatever tool: it needs no other preparation."""
        compat.apply()
        keep_freed_memory()
        if cfg.get('default_scope') == 'mmdet':
            compat.let_ssd_heads_predict()
        return super().from_cfg(cfg)

    def build_model(self, model: nn.Module | dict) -> nn.Module:
        """Build the model as MMEngine does, to compute as is fast here."""
        return speed.arrange(super().build_model(model), self.cfg)

    @property
    def bare_model(self) -> nn.Module:
        """The model without the wrapper of several processes."""
        return self.model.module if is_model_wrapper(self.model) else self.model

    @property
    def base_seed(self) -> int:
        """The seed of the run, the same in all processes."""
        return self.seed - (self.rank if self._randomness_cfg.get('diff_rank_seed', False) else 0)

    def draw_for(self, *key: int) -> None:
        """Let what is drawn in this process from here on depend on the seed and what it is for, no more."""
        seeding.seed_devices(self.seed, *key)

    def register_default_hooks(self, hooks: dict | None = None) -> None:
        """Register MMEngine's default hooks, the checkpoint's replaced by ours, and our own."""
        ours = hooks_of(self.cfg.get('runtime_cfg'))
        hooks = dict(hooks or {})
        if hooks.get('checkpoint', {}) is not None:
            given = hooks.get('checkpoint', {'type': 'CheckpointHook'})
            hooks['checkpoint'] = _ours(given, ours.pop('checkpoint', None))
        super().register_default_hooks({**hooks, **ours, 'progress': _PROGRESS_HOOK, 'stop': _STOP_HOOK})

    def register_custom_hooks(self, hooks: list) -> None:
        """Register the hooks of the config; early stopping counts before a checkpoint is saved."""
        super().register_custom_hooks(hooks)
        for hook in [hook for hook in self.hooks if isinstance(hook, EarlyStoppingHook)]:
            self.hooks.remove(hook)
            self.register_hook(hook, priority='LOW')

    @staticmethod
    def build_dataloader(
        dataloader: DataLoader | dict, seed: int | None = None, diff_rank_seed: bool = False
    ) -> DataLoader:
        """Build a loader as MMEngine does; its samples do not depend on what was drawn before."""
        loader = Runner.build_dataloader(dataloader, seed=seed, diff_rank_seed=diff_rank_seed)
        same_seed = (seed or 0) - (get_rank() if diff_rank_seed else 0)
        return loader if loader is dataloader else loaders.independent(loader, same_seed)

    def build_train_loop(self, loop: BaseLoop | dict) -> BaseLoop:
        """Build MMEngine's loop, able to begin at any batch, and its loader in global order."""
        if isinstance(loop, ExactLoop):
            return loop
        kind = _exact_loop(loop)
        if kind is None:
            self.logger.warning('The training loop is none of MMEngine: a resumed run is not exact')
            return super().build_train_loop(loop)
        if isinstance(self._train_dataloader, dict):
            self._train_dataloader = self._train_loader(self._train_dataloader, endless=kind is IterLoop)
        loop = {name: value for name, value in loop.items() if name != 'by_epoch'}
        with compat.loaders_not_started():
            return super().build_train_loop({**loop, 'type': kind})

    def build_val_loop(self, loop: BaseLoop | dict) -> BaseLoop:
        """Build MMEngine's loop; several processes share its samples so that each counts once."""
        self._val_dataloader = self._evaluation_loader(self._val_dataloader)
        return super().build_val_loop(loop)

    def build_test_loop(self, loop: BaseLoop | dict) -> BaseLoop:
        """As :meth:`build_val_loop`."""
        self._test_dataloader = self._evaluation_loader(self._test_dataloader)
        return super().build_test_loop(loop)

    def _evaluation_loader(self, cfg: DataLoader | dict) -> DataLoader:
        if not isinstance(cfg, dict):
            return cfg
        diff_rank_seed = self._randomness_cfg.get('diff_rank_seed', False)
        loader = self.build_dataloader(cfg, seed=self.seed, diff_rank_seed=diff_rank_seed)
        return loaders.counted_once(loader, cfg)

    def _train_loader(self, cfg: dict, *, endless: bool) -> DataLoader:
        cfg = loaders.with_total_batch(cfg, total_batch_size(self.cfg.get('runtime_cfg')))
        diff_rank_seed = self._randomness_cfg.get('diff_rank_seed', False)
        loader = self.build_dataloader(cfg, seed=self.seed, diff_rank_seed=diff_rank_seed)
        return loaders.in_global_order(loader, cfg, seed=self.base_seed, endless=endless)

    def train(self) -> nn.Module:
        """Train; asked to stop, save and leave with :data:`mmchan.runs.stopping.EXIT_CODE`.

        Hooks with an ``after_stop`` hear of what ended the training early.
        """
        try:
            return self._train()
        except BaseException as error:
            self.call_hook('after_stop', error=error)
            raise
        finally:
            for loader in (self._train_dataloader, self._val_dataloader):
                if isinstance(loader, DataLoader):
                    loaders.end_workers(loader)

    def _train(self) -> nn.Module:
        self._tell_of_speed(trains=True)
        if not isinstance(self.train_loop, ExactLoop):  # it cannot tell where it is
            return super().train()
        with stop_requests(quiet=self.world_size > 1) as self.stop:
            try:
                return super().train()
            except Stopped:
                self._save_and_leave()
            except RollBack as found:
                back = found
        self._become(rolled_back(self.cfg, back))
        return self.train()

    def test(self) -> dict:
        """Test as MMEngine does."""
        self._tell_of_speed(trains=False)
        return super().test()

    def _tell_of_speed(self, *, trains: bool) -> None:
        if is_fast(self.cfg.get('runtime_cfg')):
            for line in fast.told(self.cfg, trains=trains):
                self.logger.info(line)

    def _become(self, cfg: Config) -> None:
        """Be the Runner of another config; nothing of this one is kept in memory."""
        vars(self).clear()
        vars(self).update(vars(type(self).from_cfg(cfg)))

    def _save_and_leave(self) -> None:
        hook = next((hook for hook in self.hooks if isinstance(hook, CheckpointHook)), None)
        saved = 'nothing is saved: there is no mmchan.CheckpointHook'
        if hook is not None:
            saved = f'saved {hook.save_now(self)}; go on with --resume'
        asked = self.stop.signal.name if self.stop else 'another process'
        self.logger.warning(f'Stopped by {asked} after {self.train_loop.trained} iterations: {saved}')
        self.call_hook('after_run')
        raise SystemExit(EXIT_CODE)

    def save_checkpoint(
        self,
        out_dir: str,
        filename: str,
        file_client_args: dict | None = None,
        save_optimizer: bool = True,
        save_param_scheduler: bool = True,
        meta: dict | None = None,
        by_epoch: bool = True,
        backend_args: dict | None = None,
    ) -> None:
        """Save as MMEngine does: the first process. All must call it, for it saves what they hold alone."""
        if isinstance(self.train_loop, ExactLoop):
            self.own_states = gather_object(own_state(self)) or ()
        super().save_checkpoint(
            out_dir,
            filename,
            file_client_args,
            save_optimizer=save_optimizer,
            save_param_scheduler=save_param_scheduler,
            meta=meta,
            by_epoch=by_epoch,
            backend_args=backend_args,
        )
        self.own_states = ()

    def leave_validation(self) -> None:
        """Bring the model back from a validation that is not finished, so that it can be saved."""
        for hook in self.hooks:
            if isinstance(hook, EMAHook):
                hook.after_val_epoch(self)

    def load_or_resume(self) -> None:
        """Load or resume a checkpoint, after a look at the model as it is without."""
        self.at_first = changes.plain_values(self.bare_model)
        if self._resume and self._load_from is None and not self._has_loaded:
            choice = newest_whole(self.work_dir)
            for finding in told(choice, choice.path or 'the beginning'):
                self.logger.warning(str(finding))
            self._load_from = choice.path
        super().load_or_resume()

    def load_checkpoint(
        self,
        filename: str,
        map_location: str | Callable = 'cpu',
        strict: bool = False,
        revise_keys: list = [(r'^module.', '')],  # noqa: B006 (MMEngine's, never changed)
    ) -> dict:
        """Load a checkpoint as MMEngine does, read safely."""
        with safe_checkpoints():
            self._loaded = super().load_checkpoint(filename, map_location, strict, revise_keys)
        return self._loaded

    def resume(
        self,
        filename: str,
        resume_optimizer: bool = True,
        resume_param_scheduler: bool = True,
        map_location: str | Callable = 'default',
    ) -> None:
        """Resume as MMEngine does, and everything that it forgets.

        Raises:
            InputError: For a checkpoint that cannot be resumed, or of a training with another schedule.
        """
        self.resumes_from = filename
        rates = schedule.learning_rates(self.optim_wrapper)
        super().resume(filename, resume_optimizer, resume_param_scheduler, map_location)
        self._reseed_loaders()
        saved, self._loaded = self._loaded.get(KEY), {}
        if not isinstance(self.train_loop, ExactLoop):
            return
        for difference in speed.differences((saved or {}).get('arithmetic'), self.cfg):
            self.logger.warning(difference)
        if saved is None:
            self.logger.warning(
                f'{filename} was saved by another Runner: the training goes on with its next epoch, but not '
                'exactly as if it had not been stopped'
            )
        elif wants_new_schedule(self.cfg.get('runtime_cfg')):
            put_back_under_new_schedule(self, saved, rates)
        else:
            schedule.refuse_other_schedule(saved['schedule'], current_schedule(self), filename)
            put_back(self, saved)

    def _reseed_loaders(self) -> None:
        """Let the loaders, which are built by now, draw from the seed of the checkpoint."""
        loaders.reseed(self.train_dataloader, self.base_seed)
        if self.val_loop is not None:
            loaders.reseed(self.val_dataloader, self.base_seed)


def _ours(given: dict, settings: dict | None) -> dict:
    """The config of a checkpoint hook, with our type and settings where it is MMEngine's."""
    if settings is None or given.get('type') not in ('CheckpointHook', 'mmengine.CheckpointHook'):
        return given
    return {**given, **settings}


def rolled_back(cfg: Config, back: RollBack) -> Config:
    """The config of a training that goes on after a roll-back."""
    cfg = copy.deepcopy(cfg)
    if back.checkpoint is not None:
        cfg.resume, cfg.load_from = True, str(back.checkpoint)
    settings = cfg.setdefault('runtime_cfg', {}).setdefault('bad_steps', {})
    settings['rolled_back'] = back.count
    # MMEngine's message hub has the name of the experiment: a new one begins without the bad numbers
    name = cfg.get('experiment_name') or Path(cfg.filename or 'run').stem
    cfg.experiment_name = f'{name.removesuffix(f"_turn{back.count - 1}")}_turn{back.count}'
    return cfg


def _exact_loop(loop: BaseLoop | dict) -> type[BaseLoop] | None:
    """Our counterpart of a loop's config; None where there is none."""
    if not isinstance(loop, dict):
        return None
    named = loop.get('type', 'EpochBasedTrainLoop' if loop.get('by_epoch') else 'IterBasedTrainLoop')
    name = named.rpartition('.')[2] if isinstance(named, str) else named.__name__
    return _LOOPS.get(name)
