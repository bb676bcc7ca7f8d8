_base_ = ['base.py']
space = dict(name='anynetx_a', resolution=28, num_classes=10, macs=(1.2e6, 1.4e6))
