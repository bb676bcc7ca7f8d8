# python tools/train.py configs/rexnet_lite/rexnet-lite-1.0x_1xb64_digits.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/digits_1xb64.py']
from mmchan.channels import out_channels

arch = 'rexnet-lite-1.0x'
model = dict(
    backbone=dict(type='mmchan.ReXNetLite', arch=arch),
    head=dict(in_channels=out_channels(arch)),
)
