"""Can a training go on from a checkpoint? Asked before anything of the Runner is changed."""

from collections.abc import Mapping, Sequence

import torch

from mmchan.errors import InputError
from mmchan.layouts.fitting import unmatched_in
from mmchan.weights.release import variant_of

# key of a checkpoint -> what its absence means
_NEEDED = {
    'state_dict': 'the weights',
    'optimizer': "the optimizer's state (save_optimizer=False of CheckpointHook, or a published file)",
    'message_hub': 'the message hub, where hooks and logs keep what they need',
}
_COUNTS = ('epoch', 'iter')
_SHOWN = 5


def check_resumable(
    checkpoint: Mapping[str, object], path: str, model_state: Mapping[str, torch.Tensor]
) -> None:
    """Refuse a checkpoint that a training cannot be resumed from.

    Averaged weights (``ema_state_dict``) need not be there: EMAHook starts anew without them.

    Args:
        checkpoint: What the file holds, as :func:`mmchan.weights.checkpoints.read_for_runner` gives it.
        path: The file, for messages.
        model_state: State dict of the model that is to go on, without the wrapper of parallel training.

    Raises:
        InputError: For weights alone, for a checkpoint without what a Runner notes, for another network.
    """
    lacking = _lacking(checkpoint)
    if lacking:
        raise InputError(
            f'{path} cannot be resumed: {lacking}. To start a new training from its weights, leave --resume '
            f'out: --cfg-options load_from={path}'
        )
    misfit = _misfit(checkpoint['state_dict'], model_state)
    if misfit:
        raise InputError(
            f'{path} cannot be resumed: it is of another network. {misfit}. Resume it with its own config, '
            'or name a checkpoint of this one (--resume PATH)'
        )


def _lacking(checkpoint: Mapping[str, object]) -> str:
    meta = checkpoint.get('meta')
    if not isinstance(meta, Mapping):
        return "it holds weights alone (there is no 'meta' in it)"
    counts = [f'{key!r} in its meta' for key in _COUNTS if not isinstance(meta.get(key), int)]
    lacking = counts + [said for key, said in _NEEDED.items() if not isinstance(checkpoint.get(key), Mapping)]
    return f'it lacks {"; ".join(lacking)}' if lacking else ''


def _misfit(state_dict: Mapping[str, object], wanted: Mapping[str, torch.Tensor]) -> str:
    tensors = {str(key).removeprefix('module.'): value for key, value in state_dict.items()}
    given = {key: value for key, value in tensors.items() if torch.is_tensor(value)}
    unmatched = [f'{key} ({wrong})' for key, wrong in unmatched_in(wanted, given).items()]
    others = [key for key in given if key not in wanted]
    found = [
        f'{len(unmatched)} of the {len(wanted)} tensors of the model do not fit: {_first(unmatched)}',
        f'{len(others)} of its {len(given)} tensors have no place in the model: {_first(others)}',
    ]
    said = [text for text, keys in zip(found, (unmatched, others), strict=True) if keys]
    return '. '.join([*said, *_names(given, wanted)]) if said else ''


def _first(keys: Sequence[str]) -> str:
    more = f'; and {len(keys) - _SHOWN} more' if len(keys) > _SHOWN else ''
    return '; '.join(keys[:_SHOWN]) + more


def _names(given: Mapping[str, torch.Tensor], wanted: Mapping[str, torch.Tensor]) -> list[str]:
    """Which networks the two are, where that is known and tells them apart."""
    theirs, ours = variant_of(given), variant_of(wanted)
    if theirs is None or theirs == ours:
        return []
    return [f'It seems to be {theirs}' + (f', the model is {ours}' if ours else '')]
