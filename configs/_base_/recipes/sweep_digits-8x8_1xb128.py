# A sweep on 8x8 digits: networks of about 0.4 M MACs, seconds on one CPU core
_base_ = ['sweep_1xb128.py', '../datasets/digits-8x8_bs128.py']
