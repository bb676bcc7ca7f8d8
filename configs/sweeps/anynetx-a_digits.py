# mmchan sweep run configs/sweeps/anynetx-a_digits.py
# 500 networks of 0.4 M MACs on scikit-learn's digits, 8x8 pixels, without a download. The paper's AnyNetX_A,
# but for what 8 pixels allow: a stem that keeps them, and at most 4 blocks a stage
space = dict(
    name='anynetx_a',
    macs=(0.36e6, 0.44e6),
    resolution=8,
    num_classes=10,
    laws=dict(
        depths=dict(type='PerStage', law=dict(type='LogUniform', low=1, high=4)),
        stem_stride=1,
    ),
)
name = 'AnyNetX_A'
count = 500
train = '../_base_/recipes/sweep_digits-8x8_1xb64.py'
epochs = 10
