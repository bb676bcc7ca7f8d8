"""Do the channels of backbone, neck and heads fit? Asked of the parts themselves, built without values.

A part is at fault if it fails on what it is given and works on what its ``in_channels`` say: so little has to
be known here about how the heads of four libraries use their settings.
"""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import torch
from mmengine.registry import MODELS
from torch import nn

from mmchan.checks.config.links import Flow, Link, remedy, shown
from mmchan.checks.config.maps import Maps, channels_of
from mmchan.checks.config.meta import attempt, build_part, run_part
from mmchan.checks.config.parts import class_of, default_of, listed, part, scope_of, sequence, whole
from mmchan.checks.walk import type_name
from mmchan.findings import FAIL, Finding

_SIZES = (224, 256, 384, 512)  # of images, in pixels; some networks take only some
_INSIDE = ('module', 'detector')  # keys of a model that hold another one
# heads that get the maps of the neck
_HEADS = ('head', 'rpn_head', 'bbox_head', 'mask_head', 'semantic_head', 'panoptic_head', 'auxiliary_head')


def check_channels(cfg: Mapping) -> Iterator[Finding]:
    """A fault for every neck and head that takes other channels than it is given.

    Parts that cannot be built, or do not run without values, are passed over.
    """
    model, pixels = part(cfg, 'model'), part(cfg, 'data_preprocessor')
    yield from _check_model({'data_preprocessor': pixels, **model}, 'model', scope_of(cfg))


def _check_model(model: Mapping, key: str, scope: str) -> Iterator[Finding]:
    for name in _INSIDE:
        if part(model, name):
            yield from _check_model(part(model, name), f'{key}.{name}', scope)
    backbone = part(model, 'backbone')
    if not backbone:
        return
    yield from _check_images(model, f'{key}.backbone', scope)
    maps = _outputs(_Named(repr(backbone), backbone), scope)
    if maps is not None:
        yield from _check_parts(Flow(maps, 'the backbone', backbone, scope), model, key)


def _check_images(model: Mapping, key: str, scope: str) -> Iterator[Finding]:
    """A fault where a backbone is for images of other channels than are normalised for it."""
    number = len(sequence(part(model, 'data_preprocessor').get('mean')))
    taken = _image_channels(part(model, 'backbone'), scope)
    if number > 1 and taken and taken != number:  # one value is for any number of channels
        what = f'data_preprocessor.mean is for images with {number} channels, this takes {taken}'
        yield Finding(FAIL, f'{key}.in_channels', what, f'set it to {number}')


def _image_channels(backbone: Mapping, scope: str) -> int | None:
    default = default_of(class_of(backbone, MODELS, scope), 'in_channels')
    return whole(backbone.get('in_channels', default))


def _check_parts(flow: Flow, model: Mapping, key: str) -> Iterator[Finding]:
    for name, neck in listed(model.get('neck'), f'{key}.neck'):
        link = Link(flow, name, neck)
        if link.is_faulty:
            yield link.fault()
        # of a faulty one, what it would give to the heads
        maps, error = link.intended if link.given[1] else link.given
        if error:
            return
        maps = maps if isinstance(maps, tuple | list) else (maps,)
        flow = Flow(maps, 'the neck', flow.backbone, flow.scope)
    yield from _check_heads(flow, model, key)


@dataclass(frozen=True)
class _Named:
    """A part of a config, known by its text."""

    text: str
    settings: Mapping = field(compare=False)


@functools.lru_cache(maxsize=256)
def _outputs(backbone: _Named, scope: str) -> Maps | None:
    """What a backbone gives for an image; None where it cannot be built or does not run."""
    settings = backbone.settings
    built, error = attempt(build_part, settings, scope)
    if error or not isinstance(built, nn.Module):
        return None
    channels = _image_channels(settings, scope) or whole(settings.get('in_chans')) or 3
    if not _is_length(channels):
        return None
    images = (torch.zeros(1, channels, *size, device='meta') for size in _sizes(settings))
    tries = (attempt(run_part, built, image) for image in images)
    maps = next((maps for maps, error in tries if error is None), None)
    return (maps,) if isinstance(maps, torch.Tensor) else maps


def _is_length(value: object) -> bool:
    return (whole(value) or 0) > 0


def _sizes(settings: Mapping) -> Iterator[tuple[int, int]]:
    given = settings.get('img_size')
    side = sequence(given) or [given, given]
    if len(side) == 2 and all(map(_is_length, side)):
        yield tuple(side)
    for size in _SIZES:
        yield size, size


def _check_heads(flow: Flow, model: Mapping, key: str) -> Iterator[Finding]:
    for name in _HEADS:
        for place, head in listed(model.get(name), f'{key}.{name}'):
            link = Link(flow, place, head)
            yield from _check_link(link)
            if link.takes_averages:
                what = f'{flow.giver} gives maps, {type_name(head)} takes vectors'
                yield Finding(FAIL, f'{key}.neck', what, "set it to dict(type='GlobalAveragePooling')")
    previous = ()
    for place, head in listed(model.get('decode_head'), f'{key}.decode_head'):
        link = Link(flow, place, head, previous)
        yield from _check_link(link)
        maps, error = link.intended if link.given[1] else link.given
        previous = () if error else (maps,)
    yield from _check_regions(flow, part(model, 'roi_head'), f'{key}.roi_head')


def _check_link(link: Link) -> Iterator[Finding]:
    if link.is_faulty:
        yield link.fault()


def _check_regions(flow: Flow, roi_head: Mapping, key: str) -> Iterator[Finding]:
    """Check a second stage: what its extractor cuts out of the maps, and the heads that get it."""
    if part(roi_head, 'semantic_head'):
        yield from _check_link(Link(flow, f'{key}.semantic_head', roi_head['semantic_head']))
    for kind in ('bbox', 'mask'):
        extractors = list(listed(roi_head.get(f'{kind}_roi_extractor'), f'{key}.{kind}_roi_extractor'))
        if not extractors or type_name(extractors[0][1]) != 'SingleRoIExtractor':
            continue
        regions, fault = _regions(flow, *extractors[0])
        if fault:
            yield fault
        if regions is not None:
            cut = Flow(regions, 'the extractor of regions', flow.backbone, flow.scope)
            yield from _check_region_heads(cut, roi_head, key, kind)


def _check_region_heads(flow: Flow, roi_head: Mapping, key: str, kind: str) -> Iterator[Finding]:
    if part(roi_head, 'shared_head'):
        maps, error = Link(flow, f'{key}.shared_head', roi_head['shared_head']).given
        if error:
            return
        flow = Flow(maps, 'the shared head', flow.backbone, flow.scope)
    for name, head in listed(roi_head.get(f'{kind}_head'), f'{key}.{kind}_head'):
        yield from _check_link(Link(flow, name, head))


def _regions(flow: Flow, key: str, extractor: Mapping) -> tuple[Maps | None, Finding | None]:
    """What an extractor of mmdet gives, which needs all levels to have its ``out_channels``."""
    channels, strides = whole(extractor.get('out_channels')), sequence(extractor.get('featmap_strides'))
    size = part(extractor, 'roi_layer').get('output_size', 7)
    size = sequence(size) or [size, size]
    given = channels_of(flow.maps)[: len(strides)]
    if not given or not all(map(_is_length, (channels, *size))):
        return None, None
    if len(strides) == 1:  # whatever the map has
        return torch.zeros(1, *given, *size, device='meta'), None
    fault = None
    if set(given) != {channels}:
        what = f'{flow.giver} gives {shown(given)}, this takes {channels} of every level'
        fault = Finding(FAIL, f'{key}.out_channels', what, remedy(flow, given, 'out_channels'))
    return torch.zeros(1, channels, *size, device='meta'), fault
