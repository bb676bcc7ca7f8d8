# What the populations of `make science` have in common
count = 60
seed = 0
train = '../../../configs/_base_/recipes/sweep_fashion-mnist_1xb128.py'
epochs = 4
test = True
# trained on 10,000 of the training images, validated on the last 2,000, tested on the test split
cfg_options = {'val_dataloader.dataset.split': 'train', 'val_dataloader.dataset.indices': -2000}
timeout = 1800
