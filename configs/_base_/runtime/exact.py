# Training that can be killed at any moment and resumed bit for bit: docs/howto/resume.md
# For any config of mmpretrain, mmdet or mmseg: _base_ = [..., 'mmchan::_base_/runtime/exact.py']
runner_type = 'mmchan.ExactRunner'
runtime_cfg = dict(
    checkpoint=dict(minutes=10),  # also inside an epoch
)
