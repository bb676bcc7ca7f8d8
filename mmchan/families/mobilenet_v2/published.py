"""Published ImageNet weights of MobileNetV2: torchvision's, whose names end with digits of the SHA-256."""

from mmchan.channels.family import Preprocessing, PublishedWeights

PUBLISHED = (
    PublishedWeights(
        variant='mobilenet_v2-1.0x',
        source='torchvision',
        preprocessing=Preprocessing(crop_ratio=224 / 232, interpolation='bilinear'),
        url='https://download.pytorch.org/models/mobilenet_v2-7ebf99e0.pth',
    ),
)
