# python tools/train.py configs/regnet/regnetx-1.6gf_8xb128_in1k.py
# Top-1 / top-5 error 23.038 / 6.484 % (pycls model zoo)
# Accuracy 76.84 / 93.31 % (trained by mmcls 0.x, whose weights load here)
_base_ = ['../_base_/recipes/regnet_8xb128_in1k.py']
from mmchan.channels import out_channels

arch = 'regnetx-1.6gf'
model = dict(backbone=dict(arch=arch), head=dict(in_channels=out_channels(arch)))
