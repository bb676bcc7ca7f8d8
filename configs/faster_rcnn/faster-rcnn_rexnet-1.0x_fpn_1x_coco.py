# python tools/train.py configs/faster_rcnn/faster-rcnn_rexnet-1.0x_fpn_1x_coco.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/faster-rcnn_rexnet_fpn_1x_coco.py']
from mmchan.channels import on_pyramid, weights_url

arch = 'rexnet-1.0x'
model = on_pyramid(arch, _base_.model.backbone.out_indices, checkpoint=weights_url(arch))
