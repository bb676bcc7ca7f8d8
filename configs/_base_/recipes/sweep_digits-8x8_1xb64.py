# A sweep on 8x8 digits: networks of about 0.4 M MACs, some seconds on one core
_base_ = ['sweep.py', '../datasets/digits-8x8_bs64.py']
