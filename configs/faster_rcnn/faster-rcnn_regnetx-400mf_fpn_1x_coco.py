# python tools/train.py configs/faster_rcnn/faster-rcnn_regnetx-400mf_fpn_1x_coco.py
# Results: metafile.yml
_base_ = ['mmdet::regnet/faster-rcnn_regnetx-3.2GF_fpn_1x_coco.py', '../_base_/runtime/exact.py']
from mmchan.channels import on_pyramid

model = on_pyramid(
    'regnetx-400mf',
    _base_.model.backbone.out_indices,
    backbone='mmchan.RegNet',
    checkpoint='open-mmlab://regnetx_400mf',
)
