# python tools/train.py configs/regnet/regnety-400mf_1xb64_food101.py
# No result was published; the recipe is ours, and no result of it is known yet
_base_ = ['../_base_/recipes/regnety-400mf_transfer_1xb64.py', '../_base_/datasets/food101_bs64.py']
model = dict(head=dict(num_classes=_base_.num_classes))
