# python tools/train.py configs/efficientnet/efficientnet-b0_1xb64_digits.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/digits_1xb64.py']
from mmchan.channels import out_channels

arch = 'efficientnet-b0'
model = dict(
    backbone=dict(type='mmchan.Backbone', arch=arch),
    head=dict(in_channels=out_channels(arch)),
)
