# python tools/train.py configs/efficientnet/efficientnet-b3_8xb32_in1k.py
# Results: metafile.yml
_base_ = ['mmpretrain::efficientnet/efficientnet-b3_8xb32_in1k.py']
