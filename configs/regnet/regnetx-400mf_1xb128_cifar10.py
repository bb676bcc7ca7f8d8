# python tools/train.py configs/regnet/regnetx-400mf_1xb128_cifar10.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/cifar_1xb128.py', '../_base_/datasets/cifar10_bs128.py']
from mmchan.channels import out_channels

arch = dict(variant='regnetx-400mf', stem_stride=1)
model = dict(
    backbone=dict(type='mmchan.RegNet', arch=arch, strides=(1, 2, 2, 2)),
    head=dict(num_classes=_base_.num_classes, in_channels=out_channels(arch)),
)
