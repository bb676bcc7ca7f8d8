# mmchan sweep run configs/sweeps/regnetx_digits.py
# 500 networks of 0.4 M MACs on scikit-learn's digits, 8x8 pixels, without a download. The paper's RegNetX,
# but for what 8 pixels allow: a stem that keeps them, and 4 to 12 blocks
space = dict(
    name='regnetx',
    macs=(0.36e6, 0.44e6),
    resolution=8,
    num_classes=10,
    laws=dict(
        depth=dict(type='Uniform', low=4, high=12),
        stem_stride=1,
    ),
)
name = 'RegNetX'
count = 500
train = '../_base_/recipes/sweep_digits-8x8_1xb64.py'
epochs = 10
