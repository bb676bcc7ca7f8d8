# python tools/train.py configs/efficientnet/efficientnet-b1_8xb32_in1k.py
# Baseline. Top-1 / top-5 accuracy 78.68 / 94.28 % (mmpretrain's evaluation of the authors' weights)
_base_ = ['mmpretrain::efficientnet/efficientnet-b1_8xb32_in1k.py']
