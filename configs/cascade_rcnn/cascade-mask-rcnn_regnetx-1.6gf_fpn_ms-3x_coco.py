# python tools/train.py configs/cascade_rcnn/cascade-mask-rcnn_regnetx-1.6gf_fpn_ms-3x_coco.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/cascade-mask-rcnn_regnet_fpn_ms-3x_coco.py']
from mmchan.channels import out_channels

arch = 'regnetx-1.6gf'
checkpoint = 'open-mmlab://regnetx_1.6gf'
model = dict(
    backbone=dict(arch=arch, init_cfg=dict(type='mmchan.Pretrained', checkpoint=checkpoint)),
    neck=dict(in_channels=out_channels(arch, _base_.model.backbone.out_indices)),
)
