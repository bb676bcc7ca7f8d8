# A sweep on Fashion-MNIST: networks of about 1.33 M MACs, five epochs of 10,000 images, half a minute each
_base_ = ['sweep.py', '../datasets/fashion_mnist_bs128.py']

max_epochs = 5
train_cfg = dict(max_epochs=max_epochs)
train_dataloader = dict(dataset=dict(indices=10_000))
