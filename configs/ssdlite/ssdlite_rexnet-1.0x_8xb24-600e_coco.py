# python tools/train.py configs/ssdlite/ssdlite_rexnet-1.0x_8xb24-600e_coco.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/ssdlite_rexnet_8xb24-600e_coco.py']
from mmchan.channels import out_channels, weights_url

arch = 'rexnet-1.0x'
channels = out_channels(arch, _base_.model.backbone.out_indices)
levels = (*channels, *_base_.model.neck.out_channels[len(channels) :])
model = dict(
    backbone=dict(arch=arch, init_cfg=dict(type='mmchan.Pretrained', checkpoint=weights_url(arch))),
    neck=dict(in_channels=tuple(channels), out_channels=levels),
    bbox_head=dict(in_channels=levels),
)
