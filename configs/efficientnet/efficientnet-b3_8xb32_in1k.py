# python tools/train.py configs/efficientnet/efficientnet-b3_8xb32_in1k.py
# Baseline. Top-1 / top-5 accuracy 81.01 / 95.34 % (mmpretrain's evaluation of the authors' weights)
_base_ = ['mmpretrain::efficientnet/efficientnet-b3_8xb32_in1k.py']
