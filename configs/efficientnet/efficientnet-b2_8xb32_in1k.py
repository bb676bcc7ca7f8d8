# python tools/train.py configs/efficientnet/efficientnet-b2_8xb32_in1k.py
# Baseline. Top-1 / top-5 accuracy 79.64 / 94.80 % (mmpretrain's evaluation of the authors' weights)
_base_ = ['mmpretrain::efficientnet/efficientnet-b2_8xb32_in1k.py']
