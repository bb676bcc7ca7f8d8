# python tools/train.py configs/regnet/regnetx-3.2gf_8xb64_in1k.py
# Top-1 / top-5 error 21.736 / 5.862 % (pycls model zoo)
# Accuracy 78.09 / 94.08 % (trained by mmcls 0.x, whose weights load here)
_base_ = ['../_base_/recipes/regnet_8xb64_in1k.py']
from mmchan.channels import out_channels

arch = 'regnetx-3.2gf'
model = dict(backbone=dict(arch=arch), head=dict(in_channels=out_channels(arch)))
