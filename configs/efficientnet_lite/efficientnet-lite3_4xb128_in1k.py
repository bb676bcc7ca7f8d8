# python tools/train.py configs/efficientnet_lite/efficientnet-lite3_4xb128_in1k.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/efficientnet_lite_4xb128_in1k.py']
from mmchan.channels import get_plan, out_channels, sized

arch = 'efficientnet-lite3'
model = dict(
    backbone=dict(arch=arch),
    neck=dict(dropout_rate=get_plan(arch).dropout_rate),
    head=dict(in_channels=out_channels(arch)),
)
train_pipeline = sized(_base_.train_pipeline, arch)
test_pipeline = sized(_base_.test_pipeline, arch)
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
