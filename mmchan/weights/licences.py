"""Under which licence published weights come, by where they are. Light: nothing here imports torch.

What is named is the licence that the publisher gives for the weights, or for the repository whose models they
are. Terms of the images that they were trained on may apply as well.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Licence:
    """A licence and where it is stated.

    Attributes:
        spdx: Its identifier at SPDX, such as 'Apache-2.0'.
        page: Address of the text, or of the page that names it; None for a file inside a package.
    """

    spdx: str
    page: str | None = None


_GITHUB = 'https://github.com/'
_TIMM = f'{_GITHUB}huggingface/pytorch-image-models/releases/download/'
_TIMMS_PAGES = 'https://huggingface.co/timm/'
# beginning of an address, or of a package's name -> licence; the first that fits counts
_PUBLISHERS = (
    (
        'https://dl.fbaipublicfiles.com/pycls/',
        Licence('MIT', f'{_GITHUB}facebookresearch/pycls/blob/main/LICENSE'),
    ),
    (
        'https://download.openmmlab.com/mmdetection/',
        Licence('Apache-2.0', f'{_GITHUB}open-mmlab/mmdetection/blob/main/LICENSE'),
    ),
    (
        'https://download.openmmlab.com/mmclassification/',
        Licence('Apache-2.0', f'{_GITHUB}open-mmlab/mmpretrain/blob/main/LICENSE'),
    ),
    (
        'https://download.pytorch.org/models/',
        Licence('BSD-3-Clause', f'{_GITHUB}pytorch/vision/blob/main/LICENSE'),
    ),
    # the authors of ReXNet keep their files here
    ('https://drive.google.com/', Licence('MIT', f'{_GITHUB}clovaai/rexnet/blob/master/LICENSE')),
    (f'{_TIMMS_PAGES}rexnetr_', Licence('Apache-2.0', f'{_TIMMS_PAGES}rexnetr_200.sw_in12k_ft_in1k')),
    (f'{_TIMMS_PAGES}rexnet_', Licence('MIT', f'{_TIMMS_PAGES}rexnet_100.nav_in1k')),
    (f'{_TIMM}v0.1-rexnet/', Licence('MIT', f'{_TIMMS_PAGES}rexnet_130.nav_in1k')),
    (
        f'{_TIMM}v0.1-weights/tf_efficientnet_lite',
        Licence('Apache-2.0', f'{_TIMMS_PAGES}tf_efficientnet_lite3.in1k'),
    ),
    ('efficientnet-lite', Licence('Apache-2.0')),
)


def licence_of(place: str) -> Licence | None:
    """The licence of published weights; None where the publisher is not known.

    Args:
        place: Address of the file or of the page that has it, or the name of the package that holds it.

    >>> licence_of('https://download.pytorch.org/models/mobilenet_v2-7ebf99e0.pth').spdx
    'BSD-3-Clause'
    """
    return next((licence for start, licence in _PUBLISHERS if place.startswith(start)), None)
