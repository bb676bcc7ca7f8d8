# python tools/train.py configs/faster_rcnn/faster-rcnn_efficientnet-b0_fpn_1x_coco.py
# Results: metafile.yml
# Stages, frozen layers and schedule are those of the ReXNets that it is compared with
_base_ = ['../_base_/recipes/faster-rcnn_rexnet_fpn_1x_coco.py']
from mmchan.channels import on_pyramid

checkpoint = 'https://download.openmmlab.com/mmclassification/v0/efficientnet/efficientnet-b0_3rdparty_8xb32-aa_in1k_20220119-8d939117.pth'
model = on_pyramid(
    'efficientnet-b0',
    _base_.model.backbone.out_indices,
    backbone='mmchan.Backbone',
    checkpoint=checkpoint,
)
