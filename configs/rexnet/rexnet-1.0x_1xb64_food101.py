# python tools/train.py configs/rexnet/rexnet-1.0x_1xb64_food101.py
# Published: top-1 accuracy 88.4 % (arXiv:2007.00992); its recipe was not published: this one is ours, and
# no result of it is known yet
_base_ = ['../_base_/recipes/rexnet-1.0x_transfer_1xb64.py', '../_base_/datasets/food101_bs64.py']
model = dict(head=dict(num_classes=_base_.num_classes))
