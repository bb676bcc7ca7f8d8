# python tools/train.py configs/mask_rcnn/mask-rcnn_x101-32x4d_fpn_1x_coco.py
# Results: metafile.yml
_base_ = ['mmdet::mask_rcnn/mask-rcnn_x101-32x4d_fpn_1x_coco.py', '../_base_/runtime/exact.py']
