# python tools/train.py configs/faster_rcnn/faster-rcnn_regnetx-400mf_fpn_1xb8_digits-coco.py
# Results: metafile.yml
_base_ = ['../_base_/models/faster_rcnn_digits_coco.py', '../_base_/recipes/digits_coco_1xb8.py']
from mmchan.channels import out_channels

arch = 'regnetx-400mf'
out_indices = (0, 1, 2, 3)
model = dict(
    backbone=dict(type='mmchan.RegNet', arch=arch, out_indices=out_indices, zero_init_residual=True),
    neck=dict(in_channels=out_channels(arch, out_indices)),
)
val_evaluator = dict(metric='bbox')
test_evaluator = val_evaluator
max_epochs = 7  # an iteration takes half of that of Mask R-CNN with ReXNet
train_cfg = dict(max_epochs=max_epochs, val_interval=max_epochs)
param_scheduler = _base_.param_scheduler
param_scheduler[1].update(T_max=max_epochs)
