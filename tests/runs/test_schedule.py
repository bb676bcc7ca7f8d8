"""Another schedule is named, and followed only when asked for."""

import pytest
from mmengine.config import Config

from mmchan.errors import InputError
from mmchan.runs.schedule import refuse_other_schedule, schedule_of

CONFIG = {
    'train_cfg': {'by_epoch': True, 'max_epochs': 3, 'val_interval': 1},
    'optim_wrapper': {'type': 'OptimWrapper', 'optimizer': {'type': 'SGD', 'lr': 0.1, 'betas': (0.9, 0.99)}},
    'param_scheduler': [{'type': 'MultiStepLR', 'milestones': [1, 2]}],
}


def schedule(total_batch_size=8, samples=100, **changes):
    return schedule_of(Config({**CONFIG, **changes}), total_batch_size=total_batch_size, samples=samples)


def test_same_schedule_is_taken():
    other = schedule(
        train_cfg={'by_epoch': True, 'max_epochs': 3, 'val_interval': 2},
        optim_wrapper={**CONFIG['optim_wrapper'], 'type': 'AmpOptimWrapper', 'loss_scale': 'dynamic'},
    )
    refuse_other_schedule(schedule(), other, 'a.pth')


@pytest.mark.parametrize(
    ('other', 'said'),
    [
        (schedule(train_cfg={'max_epochs': 4}), r'train_cfg\.max_epochs: 3 in the checkpoint, 4 now'),
        (schedule(total_batch_size=16), 'total_batch_size: 8 in the checkpoint, 16 now'),
        (schedule(samples=99), 'samples: 100 in the checkpoint, 99 now'),
        (schedule(auto_scale_lr={'enable': True}), 'auto_scale_lr: False in the checkpoint, True now'),
        (
            schedule(param_scheduler=[{'type': 'MultiStepLR', 'milestones': [1, 3]}]),
            r'param_scheduler\[0\]\.milestones\[1\]: 2 in the checkpoint, 3 now',
        ),
        (schedule(param_scheduler=None), r"param_scheduler: \[\{'type'.* in the checkpoint, None now"),
    ],
)
def test_difference_is_named_with_the_checkpoint_and_the_way_on(other, said):
    with pytest.raises(InputError, match=rf'a\.pth.*another schedule:\n  {said}\n.*--new-schedule'):
        refuse_other_schedule(schedule(), other, 'a.pth')
