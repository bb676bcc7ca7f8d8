# RegNet on ImageNet: 100 epochs, half a cosine after 5 epochs of warm-up, PreciseBN, no label smoothing
# (arXiv:2003.13678, appendix). As in mmpretrain, whose schedule warms up first and then anneals over 95
# epochs; the lighting is ours, because mmpretrain's wraps around at 0 and 255.
_base_ = [
    '../models/linear_classifier.py',
    'mmpretrain::_base_/datasets/imagenet_bs32.py',
    'mmpretrain::_base_/schedules/imagenet_bs1024_coslr.py',
    '../runtime/mmpretrain.py',
    '../runtime/exact.py',
]
model = dict(backbone=dict(type='mmchan.RegNet'))

# BGR, as in pycls and in the published weights
data_preprocessor = dict(mean=[103.53, 116.28, 123.675], std=[57.375, 57.12, 58.395], to_rgb=False)
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='RandomResizedCrop', scale=224),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(
        type='mmchan.Lighting',
        eigval=[0.2175, 0.0188, 0.0045],
        eigvec=[[-0.5836, -0.6948, 0.4203], [-0.5808, -0.0045, -0.814], [-0.5675, 0.7192, 0.4009]],
        alphastd=25.5,  # 0.1 of the range of the pixels
        to_rgb=False,
    ),
    dict(type='PackInputs'),
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
optim_wrapper = dict(optimizer=dict(nesterov=True))
# before CheckpointHook, which must save the precise statistics
custom_hooks = [dict(type='PreciseBNHook', num_samples=8192, interval=1, priority='ABOVE_NORMAL')]
