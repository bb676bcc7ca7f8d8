# python tools/train.py configs/regnet/regnetx-8.0gf_8xb64_in1k.py
# Top-1 / top-5 error 20.728 / 5.42 % (pycls model zoo)
# Accuracy 79.12 / 94.51 % (trained by mmcls 0.x, whose weights load here)
_base_ = ['../_base_/recipes/regnet_8xb64_in1k.py']
from mmchan.channels import out_channels

arch = 'regnetx-8.0gf'
model = dict(backbone=dict(arch=arch), head=dict(in_channels=out_channels(arch)))
