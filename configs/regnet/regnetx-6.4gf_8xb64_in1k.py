# python tools/train.py configs/regnet/regnetx-6.4gf_8xb64_in1k.py
# Top-1 / top-5 error 20.844 / 5.434 % (pycls model zoo)
# Accuracy 79.38 / 94.65 % (trained by mmcls 0.x, whose weights load here)
_base_ = ['../_base_/recipes/regnet_8xb64_in1k.py']
from mmchan.channels import out_channels

arch = 'regnetx-6.4gf'
model = dict(backbone=dict(arch=arch), head=dict(in_channels=out_channels(arch)))
