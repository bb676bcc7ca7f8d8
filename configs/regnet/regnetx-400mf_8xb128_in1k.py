# python tools/train.py configs/regnet/regnetx-400mf_8xb128_in1k.py
# Top-1 / top-5 error 27.382 / 9.076 % (pycls model zoo)
# Accuracy 72.56 / 90.78 % (trained by mmcls 0.x, whose weights load here)
_base_ = ['../_base_/recipes/regnet_8xb128_in1k.py']
from mmchan.channels import out_channels

arch = 'regnetx-400mf'
model = dict(backbone=dict(arch=arch), head=dict(in_channels=out_channels(arch)))
