# Cascade Mask R-CNN on RegNet, multi-scale at 3x. mmdet 3.3.0 evaluates the boxes only in this schedule.
_base_ = ['mmdet::regnet/cascade-mask-rcnn_regnetx-3.2GF_fpn_ms-3x_coco.py', '../runtime/exact.py']
model = dict(backbone=dict(type='mmchan.RegNet'))
val_evaluator = dict(metric=['bbox', 'segm'])
test_evaluator = val_evaluator
