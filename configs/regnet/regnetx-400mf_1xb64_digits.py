# python tools/train.py configs/regnet/regnetx-400mf_1xb64_digits.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/digits_1xb64.py']
from mmchan.channels import out_channels

arch = 'regnetx-400mf'
model = dict(
    backbone=dict(type='mmchan.RegNet', arch=arch, zero_init_residual=True),
    head=dict(in_channels=out_channels(arch)),
)
