# python tools/train.py configs/cascade_rcnn/cascade-mask-rcnn_regnetx-1.6gf_fpn_ms-3x_coco.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/cascade-mask-rcnn_regnet_fpn_ms-3x_coco.py']
from mmchan.channels import on_pyramid

model = on_pyramid(
    'regnetx-1.6gf', _base_.model.backbone.out_indices, checkpoint='open-mmlab://regnetx_1.6gf'
)
