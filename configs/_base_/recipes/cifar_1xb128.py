# Images of 32 pixels from scratch on one GPU with 128 images; ours, of common values, and not tuned.
# The stem keeps the resolution: the last map is at stride 16 of ReXNet and 8 of RegNet instead of 32.
_base_ = [
    '../models/linear_classifier.py',
    '../runtime/mmpretrain.py',
    '../runtime/exact.py',
]

batch_size = 128
max_epochs = 200
warmup_epochs = 5
optim_wrapper = dict(
    optimizer=dict(type='SGD', lr=0.1 * batch_size / 128, momentum=0.9, nesterov=True, weight_decay=5e-4)
)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, by_epoch=True, end=warmup_epochs, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', by_epoch=True, begin=warmup_epochs, end=max_epochs),
]
train_cfg = dict(by_epoch=True, max_epochs=max_epochs, val_interval=1)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(base_batch_size=batch_size)
