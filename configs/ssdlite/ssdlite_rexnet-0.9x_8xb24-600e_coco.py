# python tools/train.py configs/ssdlite/ssdlite_rexnet-0.9x_8xb24-600e_coco.py
# Published: box AP / AP50 / AP75 24.7 / 41.4 / 24.9 on test-dev, 5.0 M parameters, 0.88 G MACs
# (arXiv:2007.00992)
# Counted here by tools/get_flops.py --shape 320: 4.85 M, 0.866 G
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
