"""What of a config keeps a resumed training from being the same, bit by bit: docs/howto/resume.md."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from mmchan.checks.config.parts import part
from mmchan.checks.walk import type_name, walk
from mmchan.findings import WARN, Finding

_REMEMBERS = 'remembers earlier samples, which a resumed training does not load again'
_OWN_GENERATOR = 'draws from a random generator of its own, which no checkpoint holds'
# name of a transform -> what it does, and what to do about it
_TRANSFORMS = MappingProxyType({
    'CachedMosaic': (_REMEMBERS, 'use Mosaic in a MultiImageMixDataset'),
    'CachedMixUp': (_REMEMBERS, 'use MixUp in a MultiImageMixDataset'),
    'Albu': (_OWN_GENERATOR, "use mmdet's own transforms"),
    'Albumentations': (_OWN_GENERATOR, "use mmpretrain's own transforms"),
})  # fmt: skip
_EXACT = ('mmchan.ExactRunner', 'ExactRunner')


def check_exactness(cfg: Mapping) -> Iterator[Finding]:
    """Warn of what defeats the promise of mmchan.ExactRunner; nothing for configs of another Runner."""
    kind = cfg.get('runner_type')
    if getattr(kind, '__name__', kind) not in _EXACT:
        return
    told = set()
    for path, settings in walk(part(cfg, 'train_dataloader'), 'train_dataloader'):
        name = type_name(settings)
        if name in _TRANSFORMS and id(settings) not in told:
            told.add(id(settings))
            does, remedy = _TRANSFORMS[name]
            yield Finding(WARN, path, f'{name} {does}: it is not the same bit by bit', remedy)
