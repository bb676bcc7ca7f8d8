# What the networks of a sweep have in common on Fashion-MNIST: about 1.33 M MACs, half a minute on one core.
# Five epochs of 10,000 images. A sweep adds the backbone: configs/sweeps
_base_ = ['sweep_digits-8x8_1xb128.py', '../datasets/fashion_mnist_bs128.py']

max_epochs = 5
param_scheduler = dict(T_max=max_epochs)
train_cfg = dict(max_epochs=max_epochs)
train_dataloader = dict(dataset=dict(indices=10_000))
