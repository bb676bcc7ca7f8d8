# python tools/train.py configs/mask_rcnn/mask-rcnn_efficientnet-b0_fpn_1x_coco.py
# Baseline. Published: box AP / AP50 / AP75 38.4 / 60.2 / 40.8, mask 34.8 / 56.8 / 36.6 (arXiv:2007.00992);
# the authors published neither schedule nor learning rate
_base_ = ['mmdet::mask_rcnn/mask-rcnn_r50_fpn_1x_coco.py']

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
