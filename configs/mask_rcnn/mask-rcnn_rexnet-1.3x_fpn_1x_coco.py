# python tools/train.py configs/mask_rcnn/mask-rcnn_rexnet-1.3x_fpn_1x_coco.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/mask-rcnn_rexnet_fpn_1x_coco.py']
from mmchan.channels import on_pyramid, weights_url

arch = 'rexnet-1.3x'
model = on_pyramid(arch, _base_.model.backbone.out_indices, checkpoint=weights_url(arch))
