# python tools/train.py configs/regnet/regnety-400mf_1xb64_fgvc-aircraft.py
# Results: metafile.yml
_base_ = ['../_base_/recipes/regnety-400mf_transfer_1xb64.py', '../_base_/datasets/fgvc_aircraft_bs64.py']
model = dict(head=dict(num_classes=_base_.num_classes))
