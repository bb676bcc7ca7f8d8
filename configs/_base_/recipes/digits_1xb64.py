# Handwritten digits in about a minute on two CPU cores: SGD, an epoch of warm-up, then half a cosine
_base_ = [
    '../models/linear_classifier.py',
    '../datasets/digits_bs64.py',
    '../runtime/mmpretrain.py',
    '../runtime/exact.py',
]
model = dict(head=dict(num_classes=10, topk=(1,)))

max_epochs = 12
optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.05, momentum=0.9, nesterov=True, weight_decay=5e-5))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, by_epoch=True, end=1, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', by_epoch=True, begin=1, end=max_epochs, convert_to_iter_based=True),
]
train_cfg = dict(by_epoch=True, max_epochs=max_epochs, val_interval=1)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(base_batch_size=64)

default_hooks = dict(
    logger=dict(interval=10),
    checkpoint=dict(save_best='accuracy/top1', rule='greater', max_keep_ckpts=1),
)
randomness = dict(seed=0)
