"""Do the channels of backbone, neck and heads fit? Asked of the parts themselves, built without values.

A part is at fault only if it fails on what it is given and works on what its ``in_channels`` say: so nothing
has to be known here about how the heads of four libraries use their settings.
"""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from mmengine.registry import MODELS
from torch import nn

from mmchan.channels import out_channels
from mmchan.checks.config.meta import attempt, build_part, run_part
from mmchan.checks.config.parts import class_of, default_of, listed, part, scope_of, whole
from mmchan.checks.walk import type_name
from mmchan.findings import FAIL, Finding

_SIZES = (224, 256, 384, 512)  # of images, in pixels; some networks take only some
_INSIDE = ('module', 'detector')  # keys of a model that hold another one

Maps = object  # a tensor, or tuples and lists of them


def check_channels(cfg: Mapping) -> Iterator[Finding]:
    """A fault for every neck and head that takes other channels than it is given.

    Parts that cannot be built, or do not run without values, are passed over.
    """
    yield from _check_model(part(cfg, 'model'), 'model', scope_of(cfg))


def _check_model(model: Mapping, key: str, scope: str) -> Iterator[Finding]:
    for name in _INSIDE:
        if part(model, name):
            yield from _check_model(part(model, name), f'{key}.{name}', scope)
    backbone = part(model, 'backbone')
    maps = _outputs(_Named(repr(backbone), backbone), scope) if backbone else None
    if maps is None:
        return
    flow = _Flow(maps, 'the backbone', backbone, scope)
    for name, neck in listed(model.get('neck'), f'{key}.neck'):
        finding, flow = _through(flow, name, neck)
        if finding:
            yield finding
        if flow is None:
            return
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
    channels = next((whole(settings[name]) for name in ('in_channels', 'in_chans') if name in settings), 3)
    for size in _sizes(settings):
        maps, error = attempt(run_part, built, torch.zeros(1, channels or 3, *size, device='meta'))
        if error is None:
            return maps if isinstance(maps, tuple | list) else (maps,)
    return None


def _sizes(settings: Mapping) -> Iterator[tuple[int, int]]:
    given = settings.get('img_size')
    if isinstance(given, list | tuple) and len(given) == 2 and all(map(whole, given)):
        yield tuple(given)
    elif whole(given):
        yield given, given
    for size in _SIZES:
        yield size, size


@dataclass(frozen=True)
class _Flow:
    """Feature maps on their way through a model.

    Attributes:
        maps: What arrives.
        giver: What gave them, in words.
        backbone: The settings of the backbone that they come from.
        scope: The scope of names without a prefix.
    """

    maps: Maps
    giver: str
    backbone: Mapping
    scope: str


def _through(flow: _Flow, key: str, neck: Mapping) -> tuple[Finding | None, _Flow | None]:
    """A neck's fault, and what flows out of it, of a faulty one what it would give; None: nobody knows."""
    link = _Link(flow, key, neck)
    given, error = link.run(flow.maps)
    finding = None
    if error:
        given, error = link.run_declared()
        finding = None if error else link.fault()
    if error:
        return None, None
    maps = given if isinstance(given, tuple | list) else (given,)
    return finding, _Flow(maps, 'the neck', flow.backbone, flow.scope)


def _check_heads(flow: _Flow, model: Mapping, key: str) -> Iterator[Finding]:
    for name in ('head', 'rpn_head', 'bbox_head', 'mask_head', 'auxiliary_head'):
        for place, head in listed(model.get(name), f'{key}.{name}'):
            yield from _check_link(_Link(flow, place, head))
    previous = ()
    for place, head in listed(model.get('decode_head'), f'{key}.decode_head'):
        link = _Link(flow, place, head, previous)
        yield from _check_link(link)
        given, error = link.run_declared()
        previous = () if error else (given,)
    yield from _check_regions(flow, part(model, 'roi_head'), f'{key}.roi_head')


def _check_link(link: '_Link') -> Iterator[Finding]:
    if link.run(link.flow.maps)[1] and not link.run_declared()[1]:
        yield link.fault()


def _check_regions(flow: _Flow, roi_head: Mapping, key: str) -> Iterator[Finding]:
    """Check a second stage: what its extractor cuts out of the maps, and the heads that get it."""
    if 'shared_head' in roi_head:
        return
    for kind in ('bbox', 'mask'):
        extractors = list(listed(roi_head.get(f'{kind}_roi_extractor'), f'{key}.{kind}_roi_extractor'))
        if not extractors or type_name(extractors[0][1]) != 'SingleRoIExtractor':
            continue
        place, extractor = extractors[0]
        regions, fault = _regions(flow, place, extractor)
        if fault:
            yield fault
        if regions is not None:
            cut = _Flow(regions, 'the extractor of regions', flow.backbone, flow.scope)
            for name, head in listed(roi_head.get(f'{kind}_head'), f'{key}.{kind}_head'):
                yield from _check_link(_Link(cut, name, head))


def _regions(flow: _Flow, key: str, extractor: Mapping) -> tuple[Maps | None, Finding | None]:
    """What an extractor of mmdet gives, which needs all levels to have its ``out_channels``."""
    channels, strides = whole(extractor.get('out_channels')), extractor.get('featmap_strides')
    size = part(extractor, 'roi_layer').get('output_size', 7)
    size = tuple(size) if isinstance(size, list | tuple) else (size, size)
    if channels is None or not isinstance(strides, list | tuple) or not all(map(whole, size)):
        return None, None
    given = _channels(flow.maps)[: len(strides)]
    if len(strides) == 1:
        channels = given[0] if given else channels
    region = torch.zeros(1, channels, *size, device='meta')
    if len(strides) > 1 and set(given) != {channels}:
        what = f'{flow.giver} gives {_shown(given)}, this takes {channels} of every level'
        return region, Finding(FAIL, f'{key}.out_channels', what, _remedy(flow, given, 'out_channels'))
    return region, None


class _Link:
    """A part of a model and what it is given.

    Args:
        flow: What arrives.
        key: Where the part stands.
        settings: The part.
        more: What else it is called with.
    """

    def __init__(self, flow: _Flow, key: str, settings: Mapping, more: Sequence[object] = ()) -> None:
        self.flow = flow
        self.key = key
        self.settings = settings
        self.more = more
        self.name, self.declared = _declared(settings, flow.scope)

    @functools.cached_property
    def part(self) -> tuple[object, Exception | None]:
        """The part, built, or why it cannot be."""
        return attempt(build_part, self.settings, self.flow.scope)

    def run(self, maps: Maps) -> tuple[object, Exception | None]:
        """What the part gives for maps, or how it fails."""
        built, error = self.part
        if error or not isinstance(built, nn.Module):
            return None, error or TypeError('no part of a network')
        return attempt(run_part, built, maps, *self.more)

    def run_declared(self) -> tuple[object, Exception | None]:
        """What the part gives for maps of the channels that it is said to take."""
        if self.declared is None:
            return None, TypeError('it does not say what it takes')
        wanted = _with_channels(self.flow.maps, self.declared, self.settings.get('in_index'))
        if wanted is None:
            return None, TypeError('its channels are not those of the maps')
        return self.run(wanted)

    def fault(self) -> Finding:
        """That it does not take what it is given."""
        given = self._chosen(_channels(self.flow.maps))
        what = f'{self.flow.giver} gives {_shown(given)}, this takes {_shown(self.declared)}'
        return Finding(FAIL, f'{self.key}.{self.name}', what, _remedy(self.flow, given, self.name))

    def _chosen(self, given: list[int]) -> list[int]:
        """The channels of the maps that it uses."""
        index = self.settings.get('in_index')
        try:
            return [given[i] for i in index] if isinstance(index, list | tuple) else [given[index]]
        except (IndexError, TypeError):
            return given


def _declared(settings: Mapping, scope: str) -> tuple[str, list[int] | int | None]:
    """What a part is said to take, by its config or by its class; None where neither says it."""
    kind = class_of(settings, MODELS, scope)
    given = settings.get('in_channels', default_of(kind, 'in_channels'))
    if isinstance(given, list | tuple) and given and all(whole(one) for one in given):
        return 'in_channels', list(given)
    return 'in_channels', whole(given) or None


def _dimension(tensor: torch.Tensor) -> int:
    """Where a tensor's channels are: (N, C), (N, tokens, C) or (N, C, H, W)."""
    return 2 if tensor.ndim == 3 else 1


def _leaves(maps: Maps) -> list[torch.Tensor]:
    if isinstance(maps, torch.Tensor):
        return [maps]
    return [leaf for inner in maps for leaf in _leaves(inner)] if isinstance(maps, tuple | list) else []


def _channels(maps: Maps) -> list[int]:
    return [tensor.shape[_dimension(tensor)] for tensor in _leaves(maps) if tensor.ndim > 1]


def _with_channels(maps: Maps, declared: list[int] | int, index: object) -> Maps | None:
    """Maps as they would be with the declared channels; None where nobody can tell which have them."""
    leaves = _leaves(maps)
    if isinstance(maps, torch.Tensor):
        return _resized(maps, declared) if isinstance(declared, int) else None
    if isinstance(declared, int):
        declared = [declared] * (1 if whole(index) is not None else len(leaves))
    index = [index] if whole(index) is not None else index
    if isinstance(index, list | tuple):
        return _replaced(leaves, dict(zip(index, declared, strict=False)))
    if len(leaves) == len(declared):
        numbers = iter(declared)
        return _mapped(maps, lambda leaf: _resized(leaf, next(numbers)))
    flat = all(isinstance(leaf, torch.Tensor) and leaf.ndim == 4 for leaf in maps)
    return _of_other_levels(leaves, declared) if flat and leaves else None


def _replaced(leaves: list[torch.Tensor], channels: Mapping[int, int]) -> Maps | None:
    """Maps of which some have other channels."""
    maps = list(leaves)
    for index, number in channels.items():
        if whole(index) is None or not -len(maps) <= index < len(maps):
            return None
        maps[index] = _resized(maps[index], number)
    return tuple(maps)


def _mapped(maps: Maps, change: Callable[[torch.Tensor], torch.Tensor]) -> Maps:
    if isinstance(maps, torch.Tensor):
        return change(maps)
    return type(maps)(_mapped(inner, change) for inner in maps)


def _resized(tensor: torch.Tensor, channels: int) -> torch.Tensor:
    shape = list(tensor.shape)
    if len(shape) > 1:
        shape[_dimension(tensor)] = channels
    return torch.zeros(shape, device='meta')


def _of_other_levels(leaves: list[torch.Tensor], declared: list[int]) -> Maps:
    """A pyramid of more or fewer levels."""
    sizes = [leaf.shape[2:] for leaf in leaves]
    while len(sizes) < len(declared):
        sizes.append([max(1, side // 2) for side in sizes[-1]])
    pairs = zip(declared, sizes, strict=False)
    return tuple(torch.zeros(1, channels, *size, device='meta') for channels, size in pairs)


def _shown(channels: list[int] | int) -> str:
    return str(channels[0]) if isinstance(channels, list) and len(channels) == 1 else str(channels)


def _remedy(flow: _Flow, given: list[int], name: str) -> str:
    asked = _asked_of_plan(flow, given)
    if asked:
        return f'set {name}={asked} (from mmchan.channels import out_channels)'
    return f'set it to {_shown(given if len(set(given)) > 1 else given[:1])}'


def _asked_of_plan(flow: _Flow, given: list[int]) -> str:
    """How a config asks one of our networks for its channels; '' for others, and for other channels."""
    arch, indices = flow.backbone.get('arch'), flow.backbone.get('out_indices')
    if not type_name(flow.backbone) or not isinstance(arch, str) or not _is_ours(flow.backbone):
        return ''
    indices = tuple(indices) if isinstance(indices, list | tuple) else None
    for arguments in ((arch,), (arch, indices) if indices else (arch,)):
        widths, error = attempt(out_channels, *arguments)
        widths = list(widths) if isinstance(widths, tuple | list) else [widths]
        if error is None and widths == given:
            return f'out_channels({", ".join(map(repr, arguments))})'
    return ''


def _is_ours(backbone: Mapping) -> bool:
    kind = backbone.get('type')
    name = kind if isinstance(kind, str) else getattr(kind, '__module__', '')
    return name.startswith('mmchan.')
