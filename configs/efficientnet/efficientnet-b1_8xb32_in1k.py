# python tools/train.py configs/efficientnet/efficientnet-b1_8xb32_in1k.py
# Results: metafile.yml
_base_ = ['mmpretrain::efficientnet/efficientnet-b1_8xb32_in1k.py']
