# python tools/train.py configs/rexnet/rexnet-1.4x_4xb128_in1k.py
# Results: metafile.yml
# Stochastic depth: the authors use it for larger models; that it begins at 1.3x is our choice
_base_ = ['../_base_/recipes/rexnet_4xb128_in1k.py']
from mmchan.channels import out_channels

arch = 'rexnet-1.4x'
model = dict(backbone=dict(arch=arch, drop_path_rate=0.2), head=dict(in_channels=out_channels(arch)))
