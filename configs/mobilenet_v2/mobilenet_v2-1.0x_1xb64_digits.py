# python tools/train.py configs/mobilenet_v2/mobilenet_v2-1.0x_1xb64_digits.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/digits_1xb64.py']
from mmchan.channels import out_channels

arch = 'mobilenet_v2-1.0x'
model = dict(
    backbone=dict(type='mmchan.Backbone', arch=arch),
    head=dict(in_channels=out_channels(arch)),
)
