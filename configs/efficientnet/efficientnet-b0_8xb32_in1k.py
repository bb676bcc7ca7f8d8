# python tools/train.py configs/efficientnet/efficientnet-b0_8xb32_in1k.py
# Baseline. Top-1 / top-5 accuracy 76.74 / 93.17 % (mmpretrain's evaluation of the authors' weights)
_base_ = ['mmpretrain::efficientnet/efficientnet-b0_8xb32_in1k.py']
