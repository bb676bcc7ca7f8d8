# python tools/train.py configs/rexnet/rexnet-1.0x_4xb128_in1k.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/rexnet_4xb128_in1k.py']
from mmchan.channels import out_channels

arch = 'rexnet-1.0x'
model = dict(backbone=dict(arch=arch), head=dict(in_channels=out_channels(arch)))
