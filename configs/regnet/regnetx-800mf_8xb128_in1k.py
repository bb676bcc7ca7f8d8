# python tools/train.py configs/regnet/regnetx-800mf_8xb128_in1k.py
# Top-1 / top-5 error 24.846 / 7.592 % (pycls model zoo)
# Accuracy 74.76 / 92.32 % (trained by mmcls 0.x, whose weights load here)
_base_ = ['../_base_/recipes/regnet_8xb128_in1k.py']
from mmchan.channels import out_channels

arch = 'regnetx-800mf'
model = dict(backbone=dict(arch=arch), head=dict(in_channels=out_channels(arch)))
