# SSDLite at 320 on ReXNet: mmdet's schedule for MobileNetV2, but from pretrained weights; the authors
# published neither theirs nor a learning rate. Levels: the stage of stride 16, the penultimate
# convolution, then four of the neck's. Of the possible pairs of levels it is the one nearest to the
# published cost; 2 to 3 % are missing (0.15 M parameters whatever the width), so the authors' extra
# layers differ somewhere.
_base_ = ['mmdet::ssd/ssdlite_mobilenetv2-scratch_8xb24-600e_coco.py', '../runtime/exact.py']
model = dict(
    backbone=dict(
        _delete_=True,
        type='mmchan.ReXNet',
        out_indices=(3, 5),
        frozen_stages=1,
        norm_eval=True,  # also the BN of squeeze-excitation
    )
)
