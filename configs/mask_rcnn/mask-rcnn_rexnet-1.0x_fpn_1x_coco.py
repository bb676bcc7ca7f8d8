# python tools/train.py configs/mask_rcnn/mask-rcnn_rexnet-1.0x_fpn_1x_coco.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/mask-rcnn_rexnet_fpn_1x_coco.py']
from mmchan.channels import out_channels

arch = 'rexnet-1.0x'
checkpoint = 'https://huggingface.co/timm/rexnet_100.nav_in1k/resolve/main/model.safetensors'
model = dict(
    backbone=dict(arch=arch, init_cfg=dict(type='mmchan.Pretrained', checkpoint=checkpoint)),
    neck=dict(in_channels=out_channels(arch, _base_.model.backbone.out_indices)),
)
