# python tools/train.py configs/efficientnet/efficientnet-b3_8xb32_in1k.py
# Results: metafile.yml
# The recipe is mmpretrain's, initialisation included
_base_ = ['mmpretrain::efficientnet/efficientnet-b3_8xb32_in1k.py', '../_base_/runtime/exact.py']
from mmchan.channels import out_channels

arch = 'efficientnet-b3'
model = dict(
    backbone=dict(
        _delete_=True, type='mmchan.Backbone', arch=arch, init_cfg=dict(type='Kaiming', layer='Conv2d')
    ),
    head=dict(in_channels=out_channels(arch)),
)
