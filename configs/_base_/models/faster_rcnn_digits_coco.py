# Faster R-CNN from scratch on images of 160 px and a CPU: narrow, few proposals, small anchors
_base_ = ['mmdet::_base_/models/faster-rcnn_r50_fpn.py']

width = 64
roi_layer = dict(sampling_ratio=1)  # the adaptive default takes half of the time on a CPU
model = dict(
    backbone=dict(_delete_=True),
    neck=dict(out_channels=width),
    rpn_head=dict(in_channels=width, feat_channels=width, anchor_generator=dict(scales=[4])),
    roi_head=dict(
        bbox_roi_extractor=dict(out_channels=width, roi_layer=roi_layer),
        bbox_head=dict(in_channels=width, fc_out_channels=256, num_classes=10),
    ),
    train_cfg=dict(
        rpn=dict(sampler=dict(num=64)),
        rpn_proposal=dict(nms_pre=300, max_per_img=100),
        rcnn=dict(sampler=dict(num=64, pos_fraction=0.5)),
    ),
    test_cfg=dict(rpn=dict(nms_pre=300, max_per_img=100)),
)
