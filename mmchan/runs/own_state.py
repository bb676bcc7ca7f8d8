"""What every process of a training holds alone: MMEngine saves what the first one has.

Batch norm without synchronisation averages what its own process saw; gradients that are summed up for a later
update are not averaged over the processes yet.
"""

from collections.abc import Mapping, Sequence

import torch
from mmengine.dist import get_dist_info
from mmengine.hooks import EMAHook
from mmengine.runner import Runner

from mmchan.runs import changes


def own_state(runner: Runner) -> dict:
    """What this process holds alone.

    Args:
        runner: An :class:`mmchan.runs.runner.ExactRunner` that trains.
    """
    return {
        'values': changes.changed_values(runner.at_first, runner.bare_model),
        'gradients': _pending_gradients(runner),
        'buffers': {name: buffer.cpu() for name, buffer in _buffers(runner).items()} if _several() else {},
    }


def _several() -> bool:
    return get_dist_info()[1] > 1


def _pending_gradients(runner: Runner) -> dict[str, torch.Tensor]:
    """Gradients that are summed up for an update which is still to come."""
    wrapper = runner.optim_wrapper
    accumulates = getattr(wrapper, '_accumulative_counts', 1) > 1
    if not accumulates or wrapper.should_update():
        return {}
    named = ((name, parameter.grad) for name, parameter in runner.bare_model.named_parameters())
    return {name: gradient.cpu() for name, gradient in named if gradient is not None}


def _buffers(runner: Runner) -> dict[str, torch.Tensor]:
    """The buffers of the model and of its moving averages, by name."""
    averages = [hook.ema_model for hook in runner.hooks if isinstance(hook, EMAHook)]
    return {
        f'{number}.{name}': buffer
        for number, module in enumerate([runner.bare_model, *averages])
        for name, buffer in module.named_buffers()
    }


def without_repetitions(states: Sequence[Mapping]) -> list[dict]:
    """States without the buffers that are the first process's, which stand in the checkpoint anyway.

    Args:
        states: Those of :func:`own_state` of all processes.
    """
    first = states[0]['buffers']
    return [
        {
            **state,
            'buffers': {
                name: buffer for name, buffer in state['buffers'].items() if not buffer.equal(first[name])
            },
        }
        for state in states
    ]


def restore(runner: Runner, states: Sequence[Mapping]) -> None:
    """Give this process what it held, or the mean of all where there are more or fewer processes now.

    Args:
        runner: A Runner that MMEngine has resumed.
        states: What :func:`without_repetitions` gave.
    """
    rank, processes = get_dist_info()
    now = _buffers(runner)
    own = states[rank] if processes == len(states) else _mean(states, now)
    changes.restore_values(runner.bare_model, own['values'])
    parameters = dict(runner.bare_model.named_parameters())
    for name, gradient in own['gradients'].items():
        parameters[name].grad = gradient.to(parameters[name])
    for name, buffer in own['buffers'].items():
        now[name].copy_(buffer)


def _mean(states: Sequence[Mapping], first: Mapping[str, torch.Tensor]) -> dict:
    """As MMEngine's SyncBuffersHook; counters stay those of the first process."""
    buffers = {name for state in states for name in state['buffers'] if first[name].is_floating_point()}
    gradients = {name for state in states for name in state['gradients']}
    return {
        'values': states[0]['values'],
        'buffers': {
            name: torch.stack([state['buffers'].get(name, first[name].cpu()) for state in states]).mean(0)
            for name in buffers
        },
        'gradients': {
            name: sum(state['gradients'].get(name, 0) for state in states) / len(states) for name in gradients
        },
    }
