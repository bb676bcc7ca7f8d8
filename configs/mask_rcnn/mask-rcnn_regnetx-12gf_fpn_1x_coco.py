# python tools/train.py configs/mask_rcnn/mask-rcnn_regnetx-12gf_fpn_1x_coco.py
# Results: metafile.yml
_base_ = ['mmdet::regnet/mask-rcnn_regnetx-3.2GF_fpn_1x_coco.py', '../_base_/runtime/exact.py']
from mmchan.channels import on_pyramid

model = on_pyramid(
    'regnetx-12gf',
    _base_.model.backbone.out_indices,
    backbone='mmchan.RegNet',
    checkpoint='open-mmlab://regnetx_12gf',
)
