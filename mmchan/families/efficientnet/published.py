"""Published ImageNet weights of EfficientNets: the authors', converted by OpenMMLab.

The names end with the first digits of the SHA-256.
"""

from mmchan.channels.family import Preprocessing, PublishedWeights

_OPENMMLAB = 'https://download.openmmlab.com/mmclassification/v0/efficientnet/'
# file -> side of the image; OpenMMLab tests with a crop of 1 - 32 / side
_FILES = {
    'efficientnet-b0_3rdparty_8xb32_in1k_20220119-a7e2a0b1.pth': 224,
    'efficientnet-b1_3rdparty_8xb32_in1k_20220119-002556d9.pth': 240,
    'efficientnet-b2_3rdparty_8xb32_in1k_20220119-ea374a30.pth': 260,
    'efficientnet-b3_3rdparty_8xb32_in1k_20220119-4b4d7487.pth': 300,
}

PUBLISHED = tuple(
    PublishedWeights(
        variant=file.partition('_')[0],
        source='mmpretrain',
        preprocessing=Preprocessing(size, size / (size + 32)),
        url=f'{_OPENMMLAB}{file}',
    )
    for file, size in _FILES.items()
)
