"""Published ImageNet weights of RegNets: one entry a variant, that of the authors where they published one.

OpenMMLab and torchvision write the first digits of the SHA-256 into the file's name. pycls' files have
nothing to check them by.
"""

from collections.abc import Iterator
from dataclasses import replace

from mmchan.channels.family import Preprocessing, PublishedWeights

_MMCLS = 'https://download.openmmlab.com/mmclassification/v0/regnet/'
_PYCLS = 'https://dl.fbaipublicfiles.com/pycls/dds_baselines/'
_TORCHVISION = 'https://download.pytorch.org/models/'
_UNVERIFIABLE = 'pycls publishes no hash of its files, and its own code checks none'
_BGR = Preprocessing(interpolation='bilinear', colour='bgr')
_TORCHVISIONS = replace(_BGR, crop_ratio=224 / 232, colour='rgb')

_MMCLS_FILES = (
    'regnetx-400mf_8xb128_in1k_20211213-89bfc226.pth',
    'regnetx-800mf_8xb128_in1k_20211213-222b0f11.pth',
    'regnetx-1.6gf_8xb128_in1k_20211213-d1b89758.pth',
    'regnetx-3.2gf_8xb64_in1k_20211213-1fdd82ae.pth',
    'regnetx-4.0gf_8xb64_in1k_20211213-efed675c.pth',
    'regnetx-6.4gf_8xb64_in1k_20211215-5c6089da.pth',
    'regnetx-8.0gf_8xb64_in1k_20211213-9a9fcc76.pth',
    'regnetx-12gf_8xb64_in1k_20211213-5df8c2f8.pth',
)
# model -> number of its run
_PYCLS_RUNS = {
    'RegNetX-200MF': 160905981,
    'RegNetX-600MF': 160906442,
    'RegNetX-16GF': 158460855,
    'RegNetX-32GF': 158188473,
    'RegNetY-200MF': 176245422,
    'RegNetY-400MF': 160906449,
    'RegNetY-600MF': 160981443,
    'RegNetY-800MF': 160906567,
    'RegNetY-1.6GF': 160906681,
    'RegNetY-3.2GF': 160906834,
    'RegNetY-4.0GF': 160906838,
    'RegNetY-6.4GF': 160907112,
    'RegNetY-8.0GF': 161160905,
    'RegNetY-12GF': 160907100,
    'RegNetY-16GF': 161303400,
    'RegNetY-32GF': 161277763,
}
_TORCHVISION_FILES = {
    'regnetx-400mf-tv': 'regnet_x_400mf-62229a5f.pth',
    'regnety-800mf-tv': 'regnet_y_800mf-58fc7688.pth',
    'regnety-8.0gf-tv': 'regnet_y_8gf-dc2b1b54.pth',
}


def _published() -> Iterator[PublishedWeights]:
    for file in _MMCLS_FILES:
        yield PublishedWeights(
            variant=file.partition('_')[0], source='mmcls', preprocessing=_BGR, url=f'{_MMCLS}{file}'
        )
    for model, run in _PYCLS_RUNS.items():
        yield PublishedWeights(
            variant=model.lower(),
            source='pycls',
            preprocessing=_BGR,
            url=f'{_PYCLS}{run}/{model}_dds_8gpu.pyth',
            unverifiable=_UNVERIFIABLE,
        )
    for variant, file in _TORCHVISION_FILES.items():
        yield PublishedWeights(
            variant=variant, source='torchvision', preprocessing=_TORCHVISIONS, url=f'{_TORCHVISION}{file}'
        )


PUBLISHED = tuple(_published())
