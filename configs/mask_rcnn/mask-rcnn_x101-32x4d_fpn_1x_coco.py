# python tools/train.py configs/mask_rcnn/mask-rcnn_x101-32x4d_fpn_1x_coco.py
# Baseline. Published: box AP 41.9, mask AP 37.5 (mmdet, the config below)
_base_ = ['mmdet::mask_rcnn/mask-rcnn_x101-32x4d_fpn_1x_coco.py']
