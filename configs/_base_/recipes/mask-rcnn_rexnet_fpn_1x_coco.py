# Mask R-CNN on ReXNet: mmdet's schedule, since the authors published neither theirs nor a learning rate.
# C2 to C5 are the stages of stride 4 to 32, without the penultimate convolution; that this is the
# authors' wiring follows from the parameters and MACs that they published.
_base_ = ['mmdet::mask_rcnn/mask-rcnn_r50_fpn_1x_coco.py', '../runtime/exact.py']
model = dict(
    backbone=dict(
        _delete_=True,
        type='mmchan.ReXNet',
        out_indices=(1, 2, 3, 4),
        frozen_stages=1,
        norm_eval=True,  # also the BN of squeeze-excitation, whose batch is two pooled images
    )
)
