# All that draws random numbers or keeps a history in a classifier's training; few images, a tiny network
_base_ = ['../../configs/_base_/recipes/digits_1xb64.py']
from mmchan.channels import out_channels

arch = dict(family='anynet', depths=(1, 1), widths=(8, 16), group_widths=(8, 8))
model = dict(
    backbone=dict(type='mmchan.Backbone', arch=arch),
    neck=dict(_delete_=True, type='mmchan.PoolDropout', dropout_rate=0.2),
    head=dict(
        in_channels=out_channels(arch),
        loss=dict(_delete_=True, type='LabelSmoothLoss', label_smooth_val=0.1, mode='original'),
    ),
    train_cfg=dict(augments=[dict(type='Mixup', alpha=0.2), dict(type='CutMix', alpha=1.0)]),
)
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='RandomResizedCrop', scale=32, interpolation='bicubic'),
    dict(
        type='RandAugment',
        policies='timm_increasing',
        num_policies=2,
        total_level=10,
        magnitude_level=9,
        magnitude_std=0.5,
    ),
    dict(type='RandomErasing', erase_prob=0.2, mode='rand'),
    dict(type='PackInputs'),
]
batch_size = 16
train_dataloader = dict(
    batch_size=batch_size, num_workers=0, dataset=dict(pipeline=train_pipeline, indices=104)
)
val_dataloader = dict(batch_size=batch_size, num_workers=0, dataset=dict(indices=40))
test_dataloader = val_dataloader
max_epochs = 3
train_cfg = dict(max_epochs=max_epochs)
param_scheduler = _base_.param_scheduler
param_scheduler[1].update(end=max_epochs)
default_hooks = dict(logger=dict(interval=1))
custom_hooks = [
    dict(type='PreciseBNHook', num_samples=64, interval=1, priority='ABOVE_NORMAL'),
    dict(type='EMAHook', momentum=0.05),
]
runtime_cfg = dict(checkpoint=dict(iters=2), summary=dict(curves=False))
