# python tools/train.py configs/regnet/regnety-600mf_8xb128_in1k.py
# Top-1 / top-5 error 24.54 / 7.28 % (pycls model zoo)
_base_ = ['../_base_/recipes/regnet_8xb128_in1k.py']
from mmchan.channels import out_channels

arch = 'regnety-600mf'
model = dict(backbone=dict(arch=arch), head=dict(in_channels=out_channels(arch)))
