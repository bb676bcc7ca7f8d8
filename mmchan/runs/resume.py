"""What a checkpoint holds beside MMEngine's parts, so that a resumed training is the same training."""

import logging
from collections.abc import Mapping

from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmchan.runs import own_state, schedule, speed
from mmchan.runs.loops import Position

KEY = 'exact'
# hooks whose memory MMEngine does not save
_MEMORIES = {
    'EarlyStoppingHook': ('pool_values', 'wait_count', 'best_score'),
    'SyncBuffersHook': ('called_in_train',),
}


def exact_state(runner: Runner) -> dict:
    """What a checkpoint must hold too.

    Args:
        runner: An :class:`mmchan.runs.runner.ExactRunner` that saves.
    """
    loop = runner.train_loop
    return {
        'position': loop.position.to_dict(),
        'turn': loop.turn,
        'schedule': current_schedule(runner),
        'processes': own_state.without_repetitions(runner.own_states),
        'arithmetic': speed.arithmetic(runner.cfg),
        'hooks': {name: _memory(hook) for name, hook in _remembering(runner).items()},
    }


def current_schedule(runner: Runner) -> dict:
    """What the config of a Runner says, see :mod:`mmchan.runs.schedule`."""
    batches = runner.train_dataloader.batch_sampler
    samples = len(runner.train_dataloader.dataset)
    return schedule.schedule_of(runner.cfg, total_batch_size=batches.total_batch_size, samples=samples)


def _remembering(runner: Runner) -> dict[str, Hook]:
    named = {type(hook).__name__: hook for hook in runner.hooks}
    return {name: hook for name, hook in named.items() if name in _MEMORIES}


def _memory(hook: Hook) -> dict[str, object]:
    return {name: getattr(hook, name) for name in _MEMORIES[type(hook).__name__] if hasattr(hook, name)}


def put_back(runner: Runner, saved: Mapping) -> None:
    """Bring a Runner to where it was when :func:`exact_state` was taken; MMEngine has done its part."""
    runner.train_loop.go_to(Position(**saved['position']))
    runner.train_loop.turn = saved['turn']
    own_state.restore(runner, saved['processes'])
    for name, hook in _remembering(runner).items():
        vars(hook).update(saved['hooks'].get(name, {}))


def put_back_under_new_schedule(runner: Runner, saved: Mapping, rates: list[float]) -> None:
    """Go on from where a training was, under the schedule of the config.

    Args:
        runner: A Runner that MMEngine has resumed.
        saved: What :func:`exact_state` gave, perhaps of another batch size.
        rates: What :func:`mmchan.runs.schedule.learning_rates` gave before.
    """
    position = Position(**saved['position'])
    old, new = saved['schedule'], current_schedule(runner)
    batch = position.batch * old['total_batch_size'] // new['total_batch_size']
    iteration = position.epoch * len(runner.train_dataloader) + batch if position.epoch or batch else None
    runner.train_loop.go_to(
        Position(position.epoch, batch, position.iteration if iteration is None else iteration)
    )
    schedule.restart_schedulers(runner, rates)
    runner.logger.log(
        logging.WARNING,
        'The new schedule goes on at epoch %d, iteration %d; gradients that were summed up and drawn sizes '
        'are dropped',
        runner.epoch,
        runner.iter,
    )
