# python tools/train.py configs/mask_rcnn/mask-rcnn_regnety-400mf_fpn_1x_coco.py
# Results: metafile.yml
_base_ = ['mmdet::regnet/mask-rcnn_regnetx-3.2GF_fpn_1x_coco.py', '../_base_/runtime/exact.py']
from mmchan.channels import on_pyramid, weights_url

arch = 'regnety-400mf'
model = on_pyramid(
    arch, _base_.model.backbone.out_indices, backbone='mmchan.RegNet', checkpoint=weights_url(arch)
)
