# ReXNet on ImageNet: 400 epochs on 4 GPUs with 128 images each (arXiv:2007.00992, section 5 and appendix)
_base_ = [
    '../models/linear_classifier.py',
    'mmpretrain::_base_/datasets/imagenet_bs64_swin_224.py',
    '../runtime/mmpretrain.py',
    '../runtime/exact.py',
]
model = dict(
    backbone=dict(type='mmchan.ReXNet'),
    neck=dict(_delete_=True, type='mmchan.PoolDropout', dropout_rate=0.2),
    head=dict(loss=dict(_delete_=True, type='LabelSmoothLoss', label_smooth_val=0.1, mode='original')),
)

# RandAugment m9 mstd0.5 with increasing magnitudes and a bicubic 256 -> 224 test are the base's
train_pipeline = _base_.train_pipeline
train_pipeline[1] = dict(type='mmchan.RandomResizedCrop', scale=224, interpolation='bicubic')  # as Pillow
train_pipeline[-2].update(type='RandomErasing', erase_prob=0.2)
batch_size = 128
total_batch_size = 4 * batch_size
train_dataloader = dict(batch_size=batch_size, dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(batch_size=batch_size)
test_dataloader = dict(batch_size=batch_size)

max_epochs = 400
warmup_epochs = 5
optim_wrapper = dict(
    type='AmpOptimWrapper',
    optimizer=dict(
        type='SGD', lr=0.5 * total_batch_size / 512, momentum=0.9, nesterov=True, weight_decay=1e-5
    ),
)
param_scheduler = [
    dict(type='LinearLR', start_factor=1e-3, by_epoch=True, end=warmup_epochs, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', by_epoch=True, begin=warmup_epochs, end=max_epochs),
]
train_cfg = dict(by_epoch=True, max_epochs=max_epochs, val_interval=1)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(base_batch_size=total_batch_size)
