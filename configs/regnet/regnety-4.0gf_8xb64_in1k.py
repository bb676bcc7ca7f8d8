# python tools/train.py configs/regnet/regnety-4.0gf_8xb64_in1k.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/regnet_8xb64_in1k.py']
from mmchan.channels import out_channels

arch = 'regnety-4.0gf'
model = dict(backbone=dict(arch=arch), head=dict(in_channels=out_channels(arch)))
