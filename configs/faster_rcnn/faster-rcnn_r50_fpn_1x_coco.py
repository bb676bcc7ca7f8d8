# python tools/train.py configs/faster_rcnn/faster-rcnn_r50_fpn_1x_coco.py
# Baseline. Published: box AP / AP50 / AP75 37.6 / 58.2 / 40.9 (arXiv:2007.00992, schedule unknown)
# and box AP 37.4 (mmdet, the config below)
_base_ = ['mmdet::faster_rcnn/faster-rcnn_r50_fpn_1x_coco.py']
