# python tools/train.py configs/mask_rcnn/mask-rcnn_r50_fpn_1x_coco.py
# Baseline. Published: box AP / AP50 / AP75 38.5 / 59.0 / 41.6, mask 34.6 / 55.9 / 36.8 (arXiv:2007.00992,
# schedule unknown) and box AP 38.2, mask AP 34.7 (mmdet, the config below)
_base_ = ['mmdet::mask_rcnn/mask-rcnn_r50_fpn_1x_coco.py']
