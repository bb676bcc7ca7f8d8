# Mask R-CNN on RegNet, multi-scale at 3x. mmdet 3.3.0 leaves out the colour order of the weights in its
# ms-poly-3x configs and so feeds them RGB; its other RegNet configs have it.
_base_ = ['mmdet::regnet/mask-rcnn_regnetx-400MF_fpn_ms-poly-3x_coco.py', '../runtime/exact.py']
model = dict(
    data_preprocessor=dict(mean=[103.53, 116.28, 123.675], std=[57.375, 57.12, 58.395], bgr_to_rgb=False),
    backbone=dict(type='mmchan.RegNet'),
)
