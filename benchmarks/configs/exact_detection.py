# As exact_classification.py, for a detector: Mosaic, a size for every image, a size for every few batches
_base_ = [
    '../../configs/_base_/models/faster_rcnn_digits_coco.py',
    '../../configs/_base_/recipes/digits_coco_1xb8.py',
]
from mmchan.channels import out_channels

arch = dict(family='anynet', depths=(1, 1), widths=(8, 16), group_widths=(8, 8))
out_indices = (0, 1)
strides = [4, 8, 16]
model = dict(
    data_preprocessor=dict(
        batch_augments=[
            dict(type='BatchSyncRandomResize', random_size_range=(64, 96), size_divisor=32, interval=3)
        ]
    ),
    backbone=dict(type='mmchan.Backbone', arch=arch, out_indices=out_indices),
    neck=dict(in_channels=out_channels(arch, out_indices), out_channels=16, num_outs=3),
    rpn_head=dict(in_channels=16, feat_channels=16, anchor_generator=dict(strides=strides)),
    roi_head=dict(
        bbox_roi_extractor=dict(out_channels=16, featmap_strides=strides),
        bbox_head=dict(in_channels=16, fc_out_channels=16),
    ),
    test_cfg=dict(rpn=dict(nms_pre=50, max_per_img=20), rcnn=dict(score_thr=0.0, max_per_img=20)),
)
image_size = (96, 96)
load = [dict(type='LoadImageFromFile'), dict(type='LoadAnnotations', with_bbox=True)]
train_pipeline = [
    dict(type='Mosaic', img_scale=image_size, pad_val=114.0),
    dict(type='RandomAffine', scaling_ratio_range=(0.5, 1.5), border=(-48, -48)),
    dict(type='RandomChoiceResize', scales=[(64, 64), (96, 96)], keep_ratio=True),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PhotoMetricDistortion'),
    dict(type='PackDetInputs'),
]
train_dataloader = dict(
    batch_size=4,
    dataset=dict(
        _delete_=True,
        type='MultiImageMixDataset',
        dataset=dict(
            type='CocoDataset',
            data_root=_base_.data_root,
            metainfo=_base_.metainfo,
            ann_file='annotations/train.json',
            data_prefix=dict(img='train/'),
            filter_cfg=dict(filter_empty_gt=True),
            pipeline=load,
            indices=22,
        ),
        pipeline=train_pipeline,
    ),
    batch_sampler=dict(type='AspectRatioBatchSampler'),
)
val_dataloader = dict(dataset=dict(indices=6))
test_dataloader = val_dataloader
val_evaluator = dict(metric='bbox')
test_evaluator = val_evaluator
max_epochs = 3
train_cfg = dict(max_epochs=max_epochs, val_interval=1)
param_scheduler = _base_.param_scheduler
param_scheduler[0].update(end=4)
param_scheduler[1].update(T_max=max_epochs)
optim_wrapper = dict(accumulative_counts=3)
default_hooks = dict(logger=dict(interval=1), checkpoint=dict(save_best='coco/bbox_mAP'))
custom_hooks = [dict(type='EMAHook', momentum=0.05)]
runtime_cfg = dict(checkpoint=dict(iters=2), summary=dict(curves=False))
