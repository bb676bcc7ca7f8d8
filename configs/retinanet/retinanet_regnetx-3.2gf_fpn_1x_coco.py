# python tools/train.py configs/retinanet/retinanet_regnetx-3.2gf_fpn_1x_coco.py
# Results: metafile.yml
_base_ = ['mmdet::regnet/retinanet_regnetx-3.2GF_fpn_1x_coco.py']
from mmchan.channels import out_channels

arch = 'regnetx-3.2gf'
checkpoint = 'open-mmlab://regnetx_3.2gf'
model = dict(
    backbone=dict(
        type='mmchan.RegNet',
        arch=arch,
        init_cfg=dict(type='mmchan.Pretrained', checkpoint=checkpoint),
    ),
    neck=dict(in_channels=out_channels(arch, _base_.model.backbone.out_indices)),
)
