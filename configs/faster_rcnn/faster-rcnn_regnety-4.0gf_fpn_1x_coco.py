# python tools/train.py configs/faster_rcnn/faster-rcnn_regnety-4.0gf_fpn_1x_coco.py
# Results: metafile.yml
_base_ = ['mmdet::regnet/faster-rcnn_regnetx-3.2GF_fpn_1x_coco.py']
from mmchan.channels import out_channels

arch = 'regnety-4.0gf'
checkpoint = 'https://dl.fbaipublicfiles.com/pycls/dds_baselines/160906838/RegNetY-4.0GF_dds_8gpu.pyth'
model = dict(
    backbone=dict(
        type='mmchan.RegNet',
        arch=arch,
        init_cfg=dict(type='mmchan.Pretrained', checkpoint=checkpoint),
    ),
    neck=dict(in_channels=out_channels(arch, _base_.model.backbone.out_indices)),
)
