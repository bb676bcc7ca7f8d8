# Mask R-CNN from scratch on images of 160 px and a CPU: narrow, few proposals, small anchors
_base_ = ['mmdet::_base_/models/mask-rcnn_r50_fpn.py']

width = 64
roi_layer = dict(sampling_ratio=1)  # the adaptive default takes half of the time on a CPU
model = dict(
    backbone=dict(_delete_=True),
    neck=dict(out_channels=width),
    rpn_head=dict(in_channels=width, feat_channels=width, anchor_generator=dict(scales=[4])),
    roi_head=dict(
        bbox_roi_extractor=dict(out_channels=width, roi_layer=roi_layer),
        bbox_head=dict(in_channels=width, fc_out_channels=256, num_classes=10),
        mask_roi_extractor=dict(out_channels=width, roi_layer=roi_layer),
        mask_head=dict(
            in_channels=width,
            conv_out_channels=width,
            num_convs=2,
            num_classes=10,
            class_agnostic=True,  # ink is ink: all digits teach one mask
        ),
    ),
    train_cfg=dict(
        rpn=dict(sampler=dict(num=64)),
        rpn_proposal=dict(nms_pre=100, max_per_img=50),
        rcnn=dict(sampler=dict(num=64, pos_fraction=0.25)),
    ),
    test_cfg=dict(rpn=dict(nms_pre=100, max_per_img=50)),
)
