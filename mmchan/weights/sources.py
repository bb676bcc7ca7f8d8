"""What the source of a checkpoint says about the images that it was trained on."""

from urllib.parse import urlparse

from mmchan.errors import InputError

BGR, RGB = 'bgr', 'rgb'
_OPENMMLAB = 'download.openmmlab.com'
# (scheme or host, beginning of the path or name) -> order; the first that fits counts
_SOURCES = (
    ('dl.fbaipublicfiles.com', 'pycls/', BGR),
    # OpenMMLab took its RegNets from pycls and its caffe-style ResNets from Detectron
    ('open-mmlab', 'regnetx_', BGR),
    ('open-mmlab', 'detectron', BGR),
    ('open-mmlab', 'resnext', RGB),
    (_OPENMMLAB, 'pretrain/third_party/regnetx_', BGR),
    (_OPENMMLAB, 'mmclassification/v0/regnet/', BGR),
    (_OPENMMLAB, 'mmclassification/v0/', RGB),
    ('torchvision', '', RGB),
    ('download.pytorch.org', 'models/', RGB),
    ('huggingface.co', 'timm/', RGB),
    ('github.com', 'huggingface/pytorch-image-models/', RGB),
    ('github.com', 'rwightman/pytorch-image-models/', RGB),
)


def colour_order(checkpoint: str) -> str:
    """The order of the colour channels that a published checkpoint expects.

    Args:
        checkpoint: URL of the checkpoint, or 'open-mmlab://NAME' or 'torchvision://NAME'.

    Returns:
        'bgr' or 'rgb'.

    Raises:
        InputError: For a source that does not tell, such as a file of one's own.

    >>> colour_order('open-mmlab://regnetx_400mf'), colour_order('torchvision://resnet50')
    ('bgr', 'rgb')
    """
    parts = urlparse(checkpoint)
    if parts.scheme in ('http', 'https'):
        source, name = parts.netloc, parts.path.lstrip('/')
    else:
        source, _, name = checkpoint.partition('://')
    for known, start, order in _SOURCES:
        if source == known and name.startswith(start):
            return order
    hosts = ', '.join(dict.fromkeys(known for known, _, _ in _SOURCES))
    raise InputError(
        f'checkpoint must be of a source whose colour order is known ({hosts}), got {checkpoint!r}'
    )


def known_order(checkpoint: str) -> str | None:
    """As :func:`colour_order`, but None for a source that does not tell."""
    try:
        return colour_order(checkpoint)
    except InputError:
        return None
