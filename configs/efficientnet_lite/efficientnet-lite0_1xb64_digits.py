# python tools/train.py configs/efficientnet_lite/efficientnet-lite0_1xb64_digits.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/digits_1xb64.py']
from mmchan.channels import out_channels

arch = 'efficientnet-lite0'
model = dict(
    backbone=dict(type='mmchan.EfficientNetLite', arch=arch),
    head=dict(in_channels=out_channels(arch)),
)
