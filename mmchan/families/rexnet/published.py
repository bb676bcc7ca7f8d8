"""Published ImageNet weights of ReXNets: timm's copies of the authors' files, and timm's own rexnetr.

On Hugging Face a revision is pinned; the GitHub release has the first digits of the SHA-256 in its names.
"""

from mmchan.channels.family import Preprocessing, PublishedWeights

_HUGGING_FACE = 'https://huggingface.co/timm/'
_RELEASE = 'https://github.com/huggingface/pytorch-image-models/releases/download/v0.1-rexnet/'
_LARGER = Preprocessing(size=288, crop_ratio=1.0)


def _timm(variant: str, url: str, sha256: str | None = None) -> PublishedWeights:
    return PublishedWeights(
        variant=variant, source='timm', preprocessing=Preprocessing(), url=url, sha256=sha256
    )


def _pinned(repository: str, revision: str) -> str:
    return f'{_HUGGING_FACE}{repository}/resolve/{revision}/model.safetensors'


PUBLISHED = (
    _timm(
        'rexnet-1.0x',
        _pinned('rexnet_100.nav_in1k', '368aa8507535251d431c7444243928a6ca2bdb04'),
        'e26646a976ab46d57a72f528416576bad45b2f36ff72c5205fe35641b17feff4',
    ),
    _timm('rexnet-1.3x', f'{_RELEASE}rexnetv1_130-590d768e.pth'),
    _timm(
        'rexnet-1.5x',
        _pinned('rexnet_150.nav_in1k', '61a801a14c8441f9d486fea54178c3b9d76f3e90'),
        '6d48b717bc03f176ad8a953624f687d9279ac921e03699dc500d8b8c0192d445',
    ),
    _timm('rexnet-2.0x', f'{_RELEASE}rexnetv1_200-8c0b7f2d.pth'),
    _timm(
        'rexnet-3.0x',
        _pinned('rexnet_300.nav_in1k', 'a87f47a77b38c8f1f53177beef5475d8900e6f81'),
        '29eb2d5a32c824b63cd0d1232077c31d592918a80d5ef40a3f188a7948ae9380',
    ),
    PublishedWeights(
        variant='rexnetr-2.0x',
        source='timm',
        preprocessing=_LARGER,
        url=_pinned('rexnetr_200.sw_in12k_ft_in1k', '1bea4ce574319f03a33efaf8bc106458fe20aafe'),
        unverifiable='the revision is pinned, but no hash of the file could be read',
    ),
    PublishedWeights(
        variant='rexnetr-3.0x',
        source='timm',
        preprocessing=_LARGER,
        page=f'{_HUGGING_FACE}rexnetr_300.sw_in12k_ft_in1k',
        unverifiable='neither a revision that stays nor a hash could be read',
    ),
)
