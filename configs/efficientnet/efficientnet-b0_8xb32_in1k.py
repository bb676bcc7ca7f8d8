# python tools/train.py configs/efficientnet/efficientnet-b0_8xb32_in1k.py
# Results: metafile.yml
_base_ = ['mmpretrain::efficientnet/efficientnet-b0_8xb32_in1k.py']
