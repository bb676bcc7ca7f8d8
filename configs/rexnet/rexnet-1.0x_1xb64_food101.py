# python tools/train.py configs/rexnet/rexnet-1.0x_1xb64_food101.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/rexnet-1.0x_transfer_1xb64.py', '../_base_/datasets/food101_bs64.py']
model = dict(head=dict(num_classes=_base_.num_classes))
