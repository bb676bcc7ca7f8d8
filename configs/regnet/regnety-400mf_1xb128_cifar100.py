# python tools/train.py configs/regnet/regnety-400mf_1xb128_cifar100.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/cifar_1xb128.py', '../_base_/datasets/cifar100_bs128.py']
from mmchan.channels import out_channels

arch = dict(variant='regnety-400mf', stem_stride=1)
model = dict(
    backbone=dict(type='mmchan.RegNet', arch=arch, strides=(1, 2, 2, 2)),
    head=dict(num_classes=_base_.num_classes, in_channels=out_channels(arch)),
)
