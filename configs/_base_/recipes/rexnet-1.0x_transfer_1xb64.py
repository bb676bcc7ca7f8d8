# ReXNet 1.0x, from timm's copy of the authors' ImageNet weights, which expect RGB
_base_ = ['./transfer_1xb64.py']
from mmchan.channels import out_channels, weights_url

arch = 'rexnet-1.0x'
data_preprocessor = dict(mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375], to_rgb=True)
model = dict(
    backbone=dict(
        type='mmchan.ReXNet',
        arch=arch,
        init_cfg=dict(type='mmchan.Pretrained', checkpoint=weights_url(arch)),
    ),
    neck=dict(_delete_=True, type='mmchan.PoolDropout', dropout_rate=0.2),
    head=dict(in_channels=out_channels(arch)),
)
