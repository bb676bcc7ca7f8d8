# python tools/train.py configs/efficientnet_lite/efficientnet-lite0_4xb128_in1k.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/efficientnet_lite_4xb128_in1k.py']
from mmchan.channels import get_plan, out_channels
from mmchan.channels import preprocessing_of

arch = 'efficientnet-lite0'
model = dict(
    backbone=dict(arch=arch),
    neck=dict(dropout_rate=get_plan(arch).dropout_rate),
    head=dict(in_channels=out_channels(arch)),
)
size = preprocessing_of(arch).size
interpolation = preprocessing_of(arch).interpolation
train_pipeline = _base_.train_pipeline
train_pipeline[1].update(scale=size)
test_pipeline = _base_.test_pipeline
test_pipeline[1].update(scale=preprocessing_of(arch).edge, interpolation=interpolation)
test_pipeline[2].update(crop_size=size)
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = dict(dataset=dict(pipeline=test_pipeline))
