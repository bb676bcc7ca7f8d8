"""What configs say about our networks, from their plans and records: for use inside config files."""

from collections.abc import Iterable, Mapping, Sequence

from mmchan.channels.catalogue import Arch, find_family, find_variant, out_channels, preprocessing_of
from mmchan.errors import InputError, require


def weights_url(arch: str) -> str:
    """The address of a variant's published ImageNet weights, as its family's record has it.

    Args:
        arch: A variant's name.

    Raises:
        InputError: For an unknown variant, and for one whose weights no program may fetch by their address.

    >>> weights_url('rexnet-1.3x').rpartition('/')[2]
    'rexnetv1_130-590d768e.pth'
    """
    variant = find_variant(arch)
    weights = find_family(variant.family).published_weights.get(variant.name)
    if weights is None or weights.url is None:
        raise InputError(f'{variant.name} has no public weights at a fixed address: give a file of your own')
    return weights.url


def on_pyramid(
    arch: Arch,
    out_indices: Sequence[int],
    *,
    backbone: str | None = None,
    checkpoint: str | None = None,
) -> dict[str, dict]:
    """Backbone and neck of a dense-task model whose pyramid takes some of a network's maps.

    Args:
        arch: As for :func:`mmchan.channels.get_plan`.
        out_indices: Indices of the maps, as the base config gives them to the backbone.
        backbone: Type of the backbone, such as 'mmchan.RegNet'; None where the base config says it.
        checkpoint: Path or URL that the backbone starts from; None for none.

    Returns:
        For ``model=`` of a config: what replaces the base's backbone and neck.

    Raises:
        InputError: As :func:`mmchan.channels.out_channels`.

    >>> on_pyramid('rexnet-1.0x', (1, 2, 3, 4))
    {'backbone': {'arch': 'rexnet-1.0x'}, 'neck': {'in_channels': [38, 61, 128, 185]}}
    """
    parts = {'arch': arch}
    if backbone is not None:
        parts = {'type': backbone, **parts}
    if checkpoint is not None:
        parts['init_cfg'] = {'type': 'mmchan.Pretrained', 'checkpoint': checkpoint}
    return {'backbone': parts, 'neck': {'in_channels': out_channels(arch, tuple(out_indices))}}


def on_head(arch: Arch, *, backbone: str | None = None) -> dict[str, dict]:
    """Backbone and head of a classifier.

    Args:
        arch: As for :func:`mmchan.channels.get_plan`.
        backbone: Type of the backbone, such as 'mmchan.Backbone'; None where the base config says it.

    Returns:
        For ``model=`` of a config: what replaces the base's backbone and head.

    >>> on_head('rexnet-1.0x')
    {'backbone': {'arch': 'rexnet-1.0x'}, 'head': {'in_channels': 1280}}
    """
    named = {} if backbone is None else {'type': backbone}
    return {'backbone': {**named, 'arch': arch}, 'head': {'in_channels': out_channels(arch)}}


def sized(pipeline: Iterable[Mapping[str, object]], arch: str) -> list[dict[str, object]]:
    """A pipeline of mmpretrain with the sizes of images that a variant's published weights take.

    Args:
        pipeline: Steps of training or testing. It is not changed.
        arch: A variant's name.

    Returns:
        The steps. RandomResizedCrop and CenterCrop give the variant's side; ResizeEdge, in front of the
        latter, gives the shorter edge and takes the variant's interpolation.

    Raises:
        InputError: For an unknown variant, and for a pipeline without any of these steps.
    """
    images = preprocessing_of(arch)
    sizes = {
        'RandomResizedCrop': {'scale': images.size},
        'ResizeEdge': {'scale': images.edge, 'interpolation': images.interpolation},
        'CenterCrop': {'crop_size': images.size},
    }
    steps = [dict(step) for step in pipeline]
    kinds = [step['type'].rpartition('.')[2] for step in steps]  # without the scope, 'mmchan.' of ours
    require(any(kind in sizes for kind in kinds), 'pipeline', f'one with {" or ".join(sizes)}', kinds)
    return [{**step, **sizes.get(kind, {})} for step, kind in zip(steps, kinds, strict=True)]
