"""What an exported file says about itself: enough to prepare an image and to name what comes out."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from mmchan.errors import InputError

PREFIX = 'mmchan.'  # begins the keys in a file, beside which other programs write theirs


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """How images become the inputs of an exported network, what its outputs are, and where it comes from.

    Steps in this order: ``square``, ``resize``, ``crop``, colour order, ``mean`` and ``std``.

    Attributes:
        task: 'classification' or 'detection'.
        name: Of the network: a variant's, or the config's.
        classes: Names by label; empty where nobody knows them.
        outputs: Names of the outputs, in the file's order.
        size: Height and width of the inputs that the network was trained for, in pixels.
        square: Share of the shorter edge that a centred square keeps before resizing, in (0, 1]; 0 cuts
            nothing.
        resize: (edge,) for the length of the shorter edge, (height, width), or empty.
        crop: Height and width that are cut out of the centre, or empty.
        interpolation: Of the resizing, by Pillow's names: 'bilinear', 'bicubic', …
        library: Whose resizing: 'pillow' smooths before it shrinks, 'cv2' does not.
        colour: Order of the input's channels, 'rgb' or 'bgr'.
        mean: Of the input's channels in their order, for values within [0, 255].
        std: Likewise.
        preprocessing: Whether all of that is inside: the input is (N, H, W, 3) of uint8 in RGB then, else
            (N, 3, H, W) of float32.
        dynamic: Axes of the input that may have any length: of 'batch', 'height', 'width'.
        precision: 'fp32', or 'int8' with the recipe behind a space.
        source: Where the weights come from.
        version: Of mmchan.
        commit: Of the clone that exported, where it was one.
        extra: What a task adds, plain values for JSON.
    """

    task: str = 'classification'
    name: str = ''
    classes: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ('logits',)
    size: tuple[int, int] = (224, 224)
    square: float = 0.0
    resize: tuple[int, ...] = ()
    crop: tuple[int, ...] = ()
    interpolation: str = 'bilinear'
    library: str = 'pillow'
    colour: str = 'rgb'
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    preprocessing: bool = False
    dynamic: tuple[str, ...] = ('batch', 'height', 'width')
    precision: str = 'fp32'
    source: str = ''
    version: str = ''
    commit: str = ''
    extra: Mapping[str, Any] | None = None

    def as_strings(self) -> dict[str, str]:
        """Key -> JSON, as files hold it."""
        return {PREFIX + key: json.dumps(value, ensure_ascii=False) for key, value in asdict(self).items()}

    def changed(self, **values: Any) -> 'Metadata':
        """A copy with other values of some attributes."""
        return replace(self, **values)


def read_metadata(strings: Mapping[str, str], *, name: str) -> Metadata:
    """The metadata among the entries of a file.

    Args:
        strings: Of :meth:`Metadata.as_strings`, perhaps with others.
        name: Of the file, for messages.

    Raises:
        InputError: For a file that is not of ``mmchan export``.
    """
    known = [one.name for one in fields(Metadata) if PREFIX + one.name in strings]
    if not known:
        raise InputError(f'{name} says nothing about its inputs: it must be a file of mmchan export')
    values = {key: json.loads(strings[PREFIX + key]) for key in known}
    return Metadata(**{key: tuple(one) if isinstance(one, list) else one for key, one in values.items()})
