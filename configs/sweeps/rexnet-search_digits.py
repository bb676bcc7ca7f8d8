# mmchan search configs/sweeps/rexnet-search_digits.py
# What ReXNet's section 4 does on CIFAR, in small: the digits are embedded.
name = 'ReXNet, piecewise linear'
space = dict(
    name='rexnet_piecewise',
    blocks=9,
    resolution=8,
    num_classes=10,
    macs=(0, 0.8e6),
    parameters=(0, 80e3),
    laws=dict(penultimate_width=128),
)
count = 200
seed = 0
sampler = 'tpe'
train = '../_base_/recipes/sweep_digits-8x8_1xb64.py'
epochs = 10
