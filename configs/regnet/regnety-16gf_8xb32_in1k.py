# python tools/train.py configs/regnet/regnety-16gf_8xb32_in1k.py
# Top-1 / top-5 error 19.608 / 4.944 % (pycls model zoo)
_base_ = ['../_base_/recipes/regnet_8xb32_in1k.py']
from mmchan.channels import out_channels

arch = 'regnety-16gf'
model = dict(backbone=dict(arch=arch), head=dict(in_channels=out_channels(arch)))
