# Fine-tuning from ImageNet on one GPU with 64 images. The recipe behind the published figures was not
# published: this one is ours, of common values, and not tuned on any of the data sets.
_base_ = [
    '../models/linear_classifier.py',
    '../runtime/mmpretrain.py',
    '../runtime/exact.py',
]
model = dict(
    head=dict(loss=dict(_delete_=True, type='LabelSmoothLoss', label_smooth_val=0.1, mode='original'))
)

batch_size = 64
max_epochs = 100
warmup_epochs = 5
optim_wrapper = dict(
    optimizer=dict(type='SGD', lr=0.04 * batch_size / 256, momentum=0.9, nesterov=True, weight_decay=1e-4)
)
param_scheduler = [
    dict(type='LinearLR', start_factor=1e-3, by_epoch=True, end=warmup_epochs, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', by_epoch=True, begin=warmup_epochs, end=max_epochs),
]
train_cfg = dict(by_epoch=True, max_epochs=max_epochs, val_interval=1)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(base_batch_size=batch_size)
