# python tools/train.py configs/regnet/regnetx-3.2gf_8xb64_in1k.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/regnet_8xb64_in1k.py']
from mmchan.channels import out_channels

arch = 'regnetx-3.2gf'
model = dict(backbone=dict(arch=arch), head=dict(in_channels=out_channels(arch)))
