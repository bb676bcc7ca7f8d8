# What the populations of `make science` have in common
count = 70
seed = 0
train = '../../../configs/_base_/recipes/sweep_fashion-mnist_1xb128.py'
epochs = 4
test = True
timeout = 1800
