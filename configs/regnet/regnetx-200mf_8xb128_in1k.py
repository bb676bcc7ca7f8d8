# python tools/train.py configs/regnet/regnetx-200mf_8xb128_in1k.py
# Top-1 / top-5 error 31.088 / 11.342 % (pycls model zoo)
_base_ = ['../_base_/recipes/regnet_8xb128_in1k.py']
from mmchan.channels import out_channels

arch = 'regnetx-200mf'
model = dict(backbone=dict(arch=arch), head=dict(in_channels=out_channels(arch)))
