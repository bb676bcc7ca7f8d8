"""What a config's test pipeline does to an image, as a file's metadata says it."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from mmengine.config import Config

from mmchan.checks.walk import type_name
from mmchan.deploy.metadata import Metadata
from mmchan.errors import InputError

Said = dict[str, Any]
# they load or pack, and leave the pixels as they are
_SILENT = ('LoadImageFromFile', 'LoadImage', 'PackInputs', 'SkipBroken')
_KINDS = ('nearest', 'bilinear', 'bicubic')


def read_preprocessing(cfg: Config) -> Metadata:
    """The metadata of a config's classifier: its test pipeline and its data preprocessor.

    Raises:
        InputError: For a step that metadata cannot say, with the step.
    """
    said: Said = {}
    for step in cfg.test_dataloader.dataset.pipeline:
        name = type_name(step)
        if name in _SILENT:
            continue
        if name not in _STEPS or (said.keys() & {'crop', 'square'}):
            raise InputError(
                f"the test pipeline's {name} cannot be described in a file: a resizing and a crop of the "
                f'centre can ({", ".join(_STEPS)})'
            )
        _STEPS[name](step, said)
    size = said.get('crop') or (said.get('resize') if len(said.get('resize', ())) == 2 else None)
    return Metadata(**{**said, 'size': size or _size_of(cfg)}, **_normalisation(cfg))


def _size_of(cfg: Config) -> tuple[int, int]:
    """The size of inputs that nothing resizes or crops: what the training crops, else 224 px."""
    for step in reversed(cfg.get('train_pipeline', [])):
        crop = step.get('crop_size', step.get('scale'))
        if isinstance(crop, (int, tuple, list)):
            return _pair(crop)
    return 224, 224


def _normalisation(cfg: Config) -> Said:
    settings = cfg.model.get('data_preprocessor') or cfg.get('data_preprocessor') or {}
    found = {
        key: tuple(float(value) for value in settings[key]) for key in ('mean', 'std') if settings.get(key)
    }
    return {**found, 'colour': 'rgb' if settings.get('to_rgb') else 'bgr'}


def _pair(size: int | Sequence[int]) -> tuple[int, int]:
    """Height and width of what OpenMMLab gives as a side or as (width, height)."""
    if isinstance(size, int):
        return size, size
    width, height = size
    return int(height), int(width)


def _resizing(step: Mapping[str, Any]) -> Said:
    kind = step.get('interpolation', 'bilinear')
    if kind not in _KINDS:
        raise InputError(f'a resizing by {kind} cannot be described in a file: {", ".join(_KINDS)} can')
    return {'interpolation': kind, 'library': step.get('backend', 'cv2')}


def _resize(step: Mapping[str, Any], said: Said) -> None:
    if step.get('keep_ratio') or 'scale' not in step:
        raise InputError("the test pipeline's Resize must have a fixed scale to be described in a file")
    said.update(_resizing(step), resize=_pair(step['scale']))


def _resize_edge(step: Mapping[str, Any], said: Said) -> None:
    if step.get('edge', 'short') != 'short':
        raise InputError(f"the test pipeline's ResizeEdge must have edge='short', got {step['edge']!r}")
    said.update(_resizing(step), resize=(int(step['scale']),))


def _centre_crop(step: Mapping[str, Any], said: Said) -> None:
    said['crop'] = _pair(step['crop_size'])


def _efficientnet_crop(step: Mapping[str, Any], said: Said) -> None:
    side = step['crop_size']
    if not step.get('efficientnet_style', True):
        said['crop'] = _pair(side)
        return
    share = side / (side + step.get('crop_padding', 32))
    kind = _resizing({'interpolation': 'bicubic', **step})
    said.update(kind, square=share, resize=(side, side))


_STEPS: Mapping[str, Callable[[Mapping[str, Any], Said], None]] = MappingProxyType(
    {
        'Resize': _resize,
        'ResizeEdge': _resize_edge,
        'CenterCrop': _centre_crop,
        'EfficientNetCenterCrop': _efficientnet_crop,
    }
)
