# python tools/train.py configs/efficientnet/efficientnet-b2_8xb32_in1k.py
# Results: metafile.yml
_base_ = ['mmpretrain::efficientnet/efficientnet-b2_8xb32_in1k.py']
