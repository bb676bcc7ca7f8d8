# What the networks of a sweep have in common on small images: SGD, half a cosine, as in arXiv:2003.13678,
# section 3. A sweep adds the backbone: configs/sweeps
_base_ = ['../models/linear_classifier.py', 'mmpretrain::_base_/default_runtime.py', '../runtime/exact.py']
model = dict(head=dict(num_classes=10, topk=(1,)))

max_epochs = 10
optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.05, momentum=0.9, weight_decay=5e-5, fused=True))
param_scheduler = dict(type='CosineAnnealingLR', by_epoch=True, convert_to_iter_based=True)
train_cfg = dict(by_epoch=True, max_epochs=max_epochs, val_interval=1)
val_cfg = dict()
test_cfg = dict()
randomness = dict(seed=0)
