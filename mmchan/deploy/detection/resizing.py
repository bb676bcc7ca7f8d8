"""How a detector's test pipeline resizes images. Needs neither torch nor OpenMMLab."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mmchan.deploy.metadata import Metadata
from mmchan.errors import InputError, require

# transforms of mmdet's pipelines that leave the pixels as they are
_NEUTRAL = ('LoadImageFromFile', 'LoadImageFromNDArray', 'LoadAnnotations', 'PackDetInputs')


@dataclass(frozen=True)
class Resizing:
    """To which size an image is brought.

    Attributes:
        scale: (width, height) in pixels, or where the ratio is kept the longest and the shortest edge in any
            order; empty where nothing is resized.
        keep_ratio: Whether one factor holds for both edges.
    """

    scale: tuple[int, ...] = ()
    keep_ratio: bool = True

    @classmethod
    def of(cls, metadata: Metadata) -> 'Resizing':
        """What an exported file says."""
        said = metadata.extra or {}
        return cls(tuple(said.get('scale', ())), said.get('keep_ratio', True))

    def size(self, height: int, width: int) -> tuple[int, int]:
        """Height and width in pixels after resizing, as mmcv's imrescale and imresize give them."""
        if not self.scale:
            return height, width
        if not self.keep_ratio:
            return self.scale[1], self.scale[0]
        factor = min(max(self.scale) / max(height, width), min(self.scale) / min(height, width))
        return int(height * factor + 0.5), int(width * factor + 0.5)


def read_resizing(pipeline: Sequence[Mapping]) -> Resizing:
    """Read a test pipeline of mmdet.

    Args:
        pipeline: Configs of transforms.

    Raises:
        InputError: For one that does more with an image than to resize it once.
    """
    found = Resizing()
    for transform in pipeline:
        name = str(transform['type']).rpartition('.')[2]
        if name == 'Resize' and not found.scale and 'scale' in transform:
            way = transform.get('interpolation', 'bilinear')
            require(way == 'bilinear', 'interpolation of the test pipeline', "'bilinear'", way)
            width, height = transform['scale']
            found = Resizing((int(width), int(height)), bool(transform.get('keep_ratio', False)))
        elif name not in _NEUTRAL:
            raise InputError(f'{name} in the test pipeline cannot be exported: it may load and resize once')
    return found
