# python tools/train.py configs/rexnet_lite/rexnet-lite-1.5x_4xb128_in1k.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/rexnet_lite_4xb128_in1k.py']
from mmchan.channels import out_channels

arch = 'rexnet-lite-1.5x'
model = dict(backbone=dict(arch=arch), head=dict(in_channels=out_channels(arch)))
