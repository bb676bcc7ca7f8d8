# python tools/train.py configs/faster_rcnn/faster-rcnn_rexnet-2.2x_fpn_1x_coco.py
# Results: metafile.yml
# rexnet-2.2x was published without weights: give your own (RGB) with --cfg-options
# model.backbone.init_cfg.type=mmchan.Pretrained model.backbone.init_cfg.checkpoint=FILE
_base_ = ['../_base_/recipes/faster-rcnn_rexnet_fpn_1x_coco.py']
from mmchan.channels import on_pyramid

model = on_pyramid('rexnet-2.2x', _base_.model.backbone.out_indices)
