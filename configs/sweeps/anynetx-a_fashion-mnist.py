# mmchan data fashion-mnist && mmchan sweep run configs/sweeps/anynetx-a_fashion-mnist.py
# 100 networks of 1.33 M MACs on Fashion-MNIST, 28x28 pixels: the paper's AnyNetX_A, five short epochs
space = dict(name='anynetx_a', macs=(1.26e6, 1.4e6), resolution=28, num_classes=10)
name = 'AnyNetX_A'
count = 100
train = '../_base_/recipes/sweep_fashion-mnist_1xb128.py'
epochs = 5
