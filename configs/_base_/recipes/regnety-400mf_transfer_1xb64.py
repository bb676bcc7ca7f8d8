# RegNetY-400MF, from the authors' ImageNet weights, which expect BGR
_base_ = ['./transfer_1xb64.py']
from mmchan.channels import out_channels, weights_url

arch = 'regnety-400mf'
data_preprocessor = dict(mean=[103.53, 116.28, 123.675], std=[57.375, 57.12, 58.395], to_rgb=False)
model = dict(
    backbone=dict(
        type='mmchan.RegNet',
        arch=arch,
        init_cfg=dict(type='mmchan.Pretrained', checkpoint=weights_url(arch)),
    ),
    head=dict(in_channels=out_channels(arch)),
)
