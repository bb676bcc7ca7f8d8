# CIFAR-100 as mmpretrain lays it out, without the download that it starts unasked: docs/data.md
_base_ = ['mmpretrain::_base_/datasets/cifar100_bs16.py']
num_classes = 100

train_dataloader = dict(batch_size=128, dataset=dict(download=False))
val_dataloader = dict(batch_size=128, dataset=dict(download=False))
test_dataloader = val_dataloader
