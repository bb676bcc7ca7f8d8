# python tools/train.py configs/efficientnet_lite/efficientnet-lite1_4xb128_in1k.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/efficientnet_lite_4xb128_in1k.py']
from mmchan.channels import get_plan, on_head, sized

arch = 'efficientnet-lite1'
model = dict(**on_head(arch), neck=dict(dropout_rate=get_plan(arch).dropout_rate))
train_pipeline = sized(_base_.train_pipeline, arch)
test_pipeline = sized(_base_.test_pipeline, arch)
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = test_dataloader = dict(dataset=dict(pipeline=test_pipeline))
