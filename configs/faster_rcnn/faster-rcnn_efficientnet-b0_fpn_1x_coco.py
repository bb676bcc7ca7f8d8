# python tools/train.py configs/faster_rcnn/faster-rcnn_efficientnet-b0_fpn_1x_coco.py
# Results: metafile.yml
_base_ = ['mmdet::faster_rcnn/faster-rcnn_r50_fpn_1x_coco.py']

checkpoint = 'https://download.openmmlab.com/mmclassification/v0/efficientnet/efficientnet-b0_3rdparty_8xb32-aa_in1k_20220119-8d939117.pth'
model = dict(
    backbone=dict(
        _delete_=True,
        type='EfficientNet',
        arch='b0',
        out_indices=(2, 3, 4, 5),  # strides 4, 8, 16, 32, without the last 1x1 conv
        frozen_stages=2,  # the stem and the stage of stride 2
        norm_eval=True,
        init_cfg=dict(type='Pretrained', checkpoint=checkpoint, prefix='backbone.'),
    ),
    neck=dict(in_channels=[24, 40, 112, 320]),  # mmdet's backbone: no plan to ask
)
