"""What a training cannot go on from is refused by its path, with what is missing and what to do."""

import re

import pytest
import torch

from mmchan.channels import InputError
from mmchan.weights.resumable import check_resumable
from tests.models.networks import build

PATH = 'runs/epoch_3.pth'
WHOLE = {'meta': {'epoch': 3, 'iter': 12}, 'optimizer': {'state': {}}, 'message_hub': {'log_scalars': {}}}


@pytest.fixture(scope='module')
def small():
    """State dict of a small network."""
    return build('regnetx-200mf').state_dict()


@pytest.mark.parametrize(
    'change',
    [
        lambda weights: weights,
        lambda weights: {f'module.{key}': tensor for key, tensor in weights.items()},
        # of before torch counted batches
        lambda weights: {key: weights[key] for key in weights if not key.endswith('num_batches_tracked')},
    ],
    ids=['as it is', 'of a wrapper', 'without counters'],
)
@pytest.mark.parametrize('more', [{}, {'ema_state_dict': {}}], ids=['', 'EMA'])
def test_own_checkpoint_is_taken(small, change, more):
    check_resumable({**WHOLE, **more, 'state_dict': change(small)}, PATH, small)


@pytest.mark.parametrize(
    ('change', 'said'),
    [
        ({'meta': None}, r"it holds weights alone \(there is no 'meta' in it\)"),
        ({'meta': {'epoch': 3}}, "it lacks 'iter' in its meta"),
        ({'meta': {'epoch': '3', 'iter': 12}}, "it lacks 'epoch' in its meta"),
        ({'optimizer': None}, r"it lacks the optimizer's state \(save_optimizer=False"),
        ({'message_hub': None}, 'it lacks the message hub'),
        (
            {'meta': {}, 'optimizer': None},
            "it lacks 'epoch' in its meta; 'iter' in its meta; the optimizer's",
        ),
        ({'state_dict': None}, 'it lacks the weights'),
    ],
    ids=lambda value: '+'.join(value) if isinstance(value, dict) else '',
)
def test_checkpoint_without_what_a_runner_notes_is_refused(small, change, said):
    changed = {**WHOLE, 'state_dict': small, **change}
    checkpoint = {key: value for key, value in changed.items() if value is not None}
    with pytest.raises(InputError, match=f'^{PATH} cannot be resumed: {said}.*load_from={PATH}$'):
        check_resumable(checkpoint, PATH, small)


def test_another_network_is_named(small):
    wanted = build('regnetx-400mf').state_dict()
    said = (
        f'{PATH} cannot be resumed: it is of another network. 350 of the 426 tensors of the model do not '
        'fit: layer1.0.conv1.weight (shape (24, 32, 1, 1) instead of (32, 32, 1, 1)); '
    )
    rest = 'and 345 more. It seems to be regnetx-200mf, the model is regnetx-400mf. Resume it with its own'
    with pytest.raises(InputError, match=f'^{re.escape(said)}.*{re.escape(rest)}'):
        check_resumable({**WHOLE, 'state_dict': small}, PATH, wanted)


@pytest.mark.parametrize(
    ('given', 'said'),
    [
        (
            {'w': torch.ones(2)},
            r'1 of the 1 tensors of the model do not fit: w \(shape \(2,\) instead of \(1,\)\)\. R',
        ),
        (
            {'v': torch.ones(1)},
            r'do not fit: w \(missing\)\. 1 of its 1 tensors have no place in the model: v\. R',
        ),
        (
            {'w': torch.ones(1), 'v': torch.ones(1)},
            r'network\. 1 of its 2 tensors have no place in the model: v\. R',
        ),
    ],
    ids=['shape', 'key', 'more'],
)
def test_network_of_ones_own_that_differs_is_refused(given, said):
    with pytest.raises(InputError, match=said):
        check_resumable({**WHOLE, 'state_dict': given}, PATH, {'w': torch.ones(1)})
