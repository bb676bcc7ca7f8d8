# python tools/train.py configs/ssdlite/ssdlite_rexnet-0.9x_8xb24-600e_coco.py
# Results: metafile.yml
# rexnet-0.9x was published without weights: give your own (RGB) with --cfg-options
# model.backbone.init_cfg.type=mmchan.Pretrained model.backbone.init_cfg.checkpoint=FILE
_base_ = ['../_base_/recipes/ssdlite_rexnet_8xb24-600e_coco.py']
from mmchan.channels import out_channels

arch = 'rexnet-0.9x'
channels = out_channels(arch, _base_.model.backbone.out_indices)
levels = (*channels, *_base_.model.neck.out_channels[len(channels) :])
model = dict(
    backbone=dict(arch=arch),
    neck=dict(in_channels=tuple(channels), out_channels=levels),
    bbox_head=dict(in_channels=levels),
)
