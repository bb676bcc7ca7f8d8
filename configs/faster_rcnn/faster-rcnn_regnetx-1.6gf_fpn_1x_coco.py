# python tools/train.py configs/faster_rcnn/faster-rcnn_regnetx-1.6gf_fpn_1x_coco.py
# Results: metafile.yml
_base_ = ['mmdet::regnet/faster-rcnn_regnetx-3.2GF_fpn_1x_coco.py', '../_base_/runtime/exact.py']
from mmchan.channels import on_pyramid

model = on_pyramid(
    'regnetx-1.6gf',
    _base_.model.backbone.out_indices,
    backbone='mmchan.RegNet',
    checkpoint='open-mmlab://regnetx_1.6gf',
)
