# python tools/train.py configs/rexnet/rexnet-1.0x_1xb128_cifar10.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/cifar_1xb128.py', '../_base_/datasets/cifar10_bs128.py']
from mmchan.channels import out_channels

arch = dict(variant='rexnet-1.0x', stem_stride=1)
model = dict(
    backbone=dict(type='mmchan.ReXNet', arch=arch),
    head=dict(num_classes=_base_.num_classes, in_channels=out_channels(arch)),
)
