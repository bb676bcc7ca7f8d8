# python tools/train.py configs/rexnet/rexnet-1.0x_1xb64_digits.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/digits_1xb64.py']
from mmchan.channels import out_channels

arch = 'rexnet-1.0x'
model = dict(
    backbone=dict(type='mmchan.ReXNet', arch=arch),
    head=dict(in_channels=out_channels(arch)),
)
