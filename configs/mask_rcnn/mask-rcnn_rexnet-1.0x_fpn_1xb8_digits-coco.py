# python tools/train.py configs/mask_rcnn/mask-rcnn_rexnet-1.0x_fpn_1xb8_digits-coco.py
# Results: metafile.yml
_base_ = ['../_base_/models/mask_rcnn_digits_coco.py', '../_base_/recipes/digits_coco_1xb8.py']
from mmchan.channels import out_channels

arch = 'rexnet-1.0x'
out_indices = (1, 2, 3, 4)
model = dict(
    backbone=dict(type='mmchan.ReXNet', arch=arch, out_indices=out_indices),
    neck=dict(in_channels=out_channels(arch, out_indices)),
)
