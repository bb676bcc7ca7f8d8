# python tools/train.py configs/faster_rcnn/faster-rcnn_x101-32x4d_fpn_1x_coco.py
# Baseline. Published: box AP / AP50 / AP75 40.3 / 62.1 / 44.1 (arXiv:2007.00992, schedule unknown)
# and box AP 41.2 (mmdet, the config below)
_base_ = ['mmdet::faster_rcnn/faster-rcnn_x101-32x4d_fpn_1x_coco.py']
