# python tools/train.py configs/mask_rcnn/mask-rcnn_regnetx-4.0gf_fpn_ms-poly-3x_coco.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/mask-rcnn_regnet_fpn_ms-poly-3x_coco.py']
from mmchan.channels import on_pyramid

model = on_pyramid(
    'regnetx-4.0gf', _base_.model.backbone.out_indices, checkpoint='open-mmlab://regnetx_4.0gf'
)
