# python tools/train.py configs/mask_rcnn/mask-rcnn_rexnet-0.9x_fpn_1x_coco.py
# Published: box AP / AP50 / AP75 38.7 / 60.8 / 41.6, mask 35.2 / 57.4 / 37.1 (arXiv:2007.00992); the
# authors published neither schedule nor learning rate
# rexnet-0.9x was published without weights: give your own (RGB) with --cfg-options
# model.backbone.init_cfg.type=mmchan.Pretrained model.backbone.init_cfg.checkpoint=FILE
_base_ = ['../_base_/recipes/mask-rcnn_rexnet_fpn_1x_coco.py']
from mmchan.channels import out_channels

arch = 'rexnet-0.9x'
model = dict(
    backbone=dict(arch=arch),
    neck=dict(in_channels=out_channels(arch, _base_.model.backbone.out_indices)),
)
