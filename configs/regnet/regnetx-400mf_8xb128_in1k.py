# python tools/train.py configs/regnet/regnetx-400mf_8xb128_in1k.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/regnet_8xb128_in1k.py']
from mmchan.channels import out_channels

arch = 'regnetx-400mf'
model = dict(backbone=dict(arch=arch), head=dict(in_channels=out_channels(arch)))
