# python tools/train.py configs/faster_rcnn/faster-rcnn_regnety-1.6gf_fpn_1x_coco.py
# Results: metafile.yml
_base_ = ['mmdet::regnet/faster-rcnn_regnetx-3.2GF_fpn_1x_coco.py', '../_base_/runtime/exact.py']
from mmchan.channels import on_pyramid, weights_url

arch = 'regnety-1.6gf'
model = on_pyramid(
    arch, _base_.model.backbone.out_indices, backbone='mmchan.RegNet', checkpoint=weights_url(arch)
)
