"""Which variants have published ImageNet weights, and where the file is: as their families say.

Light: nothing here imports torch.
"""

import importlib.util
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from mmchan.channels import PublishedWeights, Variant, count, families, find_family, find_variant, get_plan
from mmchan.errors import InputError
from mmchan.files import sha256
from mmchan.home import installing

EXTRA = 'demo-weights'


@cache
def published() -> Mapping[str, PublishedWeights]:
    """All published weights, by variant."""
    return {
        variant: weights
        for family in families().values()
        for variant, weights in family.published_weights.items()
    }


def find_published(variant: str) -> PublishedWeights:
    """The published weights of a variant.

    Raises:
        InputError: For an unknown variant, and for one without public weights, with the nearest that has.
    """
    found = find_variant(variant)
    weights = find_family(found.family).published_weights.get(found.name)
    if weights is None:
        near = min(published(), key=lambda other: _distance(found, find_variant(other)))
        raise InputError(f'{found.name} has no public weights; the nearest variant that has is {near}')
    return weights


def _distance(one: Variant, other: Variant) -> tuple[bool, bool, int]:
    """Another series, another paper, then the difference in parameters."""
    sizes = [count(get_plan(variant.name)).parameters for variant in (one, other)]
    papers = [find_family(variant.family).paper for variant in (one, other)]
    return one.series != other.series, papers[0] != papers[1], abs(sizes[0] - sizes[1])


def locate(weights: PublishedWeights) -> str:
    """The URL of published weights, or the path of the file in a package.

    Raises:
        InputError: When the package is not installed or its file is another one; for weights that no
            program may fetch, with the page where they are.
    """
    if weights.url is not None:
        return weights.url
    if weights.page is not None:
        raise InputError(
            f'the weights of {weights.variant} are not fetched by name: {weights.unverifiable}. Download '
            f'them from {weights.page} and give the path of the file'
        )
    found = importlib.util.find_spec(weights.package.replace('-', '_'))
    if found is None:
        raise InputError(
            f'the weights of {weights.variant} are in the package {weights.package}, which is not installed: '
            f'{installing(EXTRA)}'
        )
    file = next(Path(found.origin).parent.glob('models/*.pth'))
    if sha256(file) != weights.sha256:
        raise InputError(f'{file} is not the published file: install {weights.package} again')
    return str(file)
