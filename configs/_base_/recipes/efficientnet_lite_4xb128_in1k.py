# EfficientNet-lite on ImageNet. The recipe is ours: ReXNet's, so that the networks are what is compared; the
# authors' (350 epochs of RMSProp at batch 4096) needs their hardware. Images and dropout are the authors'
_base_ = ['./rexnet_4xb128_in1k.py']
model = dict(backbone=dict(type='mmchan.EfficientNetLite'))
data_preprocessor = dict(mean=[127.5, 127.5, 127.5], std=[127.5, 127.5, 127.5])
