# ReXNet's recipe with the lite head: a hidden layer of 1024, then dropout
_base_ = ['./rexnet_4xb128_in1k.py']
model = dict(
    backbone=dict(type='mmchan.ReXNetLite'),
    neck=dict(_delete_=True, type='GlobalAveragePooling'),
    head=dict(
        type='StackedLinearClsHead',
        mid_channels=[1024],
        dropout_rate=0.2,
        norm_cfg=dict(type='BN1d'),
        act_cfg=dict(type='ReLU6'),
    ),
)
