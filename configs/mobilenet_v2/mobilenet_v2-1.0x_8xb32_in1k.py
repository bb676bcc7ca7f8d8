# python tools/train.py configs/mobilenet_v2/mobilenet_v2-1.0x_8xb32_in1k.py
# Results: metafile.yml
# The recipe is mmpretrain's, initialisation included
_base_ = ['mmpretrain::mobilenet_v2/mobilenet-v2_8xb32_in1k.py', '../_base_/runtime/exact.py']
from mmchan.channels import out_channels

arch = 'mobilenet_v2-1.0x'
model = dict(
    backbone=dict(
        _delete_=True, type='mmchan.Backbone', arch=arch, init_cfg=dict(type='Kaiming', layer='Conv2d')
    ),
    head=dict(in_channels=out_channels(arch)),
)
