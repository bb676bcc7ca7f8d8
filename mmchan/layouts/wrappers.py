"""What projects wrap their weights in, inside a checkpoint."""

from collections.abc import Mapping

import torch

from mmchan.errors import InputError

# the first that is there counts, and averaged weights come first. MMEngine needs none: where it averages, it
# saves the average as state_dict.
WRAPPERS = ('state_dict_ema', 'model_ema', 'state_dict', 'model_state', 'model')
PYCLS_AVERAGE, PYCLS_ERRORS = 'ema_state', ('ema_err', 'test_err')
AVERAGES = ('state_dict_ema', 'model_ema', PYCLS_AVERAGE)


def unwrap(content: object, checkpoint: str) -> tuple[dict[str, torch.Tensor], str]:
    """The tensors of a checkpoint's content, and the key that they stood under ('' where bare).

    Averaged weights (EMA) come before those of the last step; of pycls' two the better ones count.

    Raises:
        InputError: For content without tensors.
    """
    under = ''
    while wrapper := _wrapper_of(content):
        content, under = content[wrapper], wrapper
    items = content.items() if isinstance(content, Mapping) else ()
    tensors = {str(key).removeprefix('module.'): value for key, value in items if torch.is_tensor(value)}
    if not tensors:
        raise InputError(f'{checkpoint} holds no tensors; is it the checkpoint of a network?')
    return tensors, under


def _wrapper_of(content: object) -> str | None:
    if not isinstance(content, Mapping):
        return None
    average, last = (content.get(key, 100) for key in PYCLS_ERRORS)
    names = (PYCLS_AVERAGE, *WRAPPERS) if average < last else WRAPPERS
    return next((name for name in names if isinstance(content.get(name), Mapping)), None)
