# python tools/train.py configs/mask_rcnn/mask-rcnn_regnetx-800mf_fpn_ms-poly-3x_coco.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/mask-rcnn_regnet_fpn_ms-poly-3x_coco.py']
from mmchan.channels import out_channels

arch = 'regnetx-800mf'
checkpoint = 'open-mmlab://regnetx_800mf'
model = dict(
    backbone=dict(arch=arch, init_cfg=dict(type='mmchan.Pretrained', checkpoint=checkpoint)),
    neck=dict(in_channels=out_channels(arch, _base_.model.backbone.out_indices)),
)
