# python tools/train.py configs/efficientnet_lite/efficientnet-lite0_1xb64_digits.py
# Results: metafile.yml
# BN with torch's momentum: the authors' 0.01 takes more iterations than there are to forget its start
_base_ = ['../_base_/recipes/digits_1xb64.py']
from mmchan.channels import out_channels

arch = 'efficientnet-lite0'
model = dict(
    backbone=dict(
        type='mmchan.EfficientNetLite', arch=arch, norm_cfg=dict(type='BN', eps=1e-3, momentum=0.1)
    ),
    head=dict(in_channels=out_channels(arch)),
)
