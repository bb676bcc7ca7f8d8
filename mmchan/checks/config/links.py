"""A part of a model and the feature maps that it is given: do they fit?"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mmengine.registry import MODELS
from torch import nn

from mmchan.channels import out_channels
from mmchan.checks.config.maps import Maps, averaged, channels_of, with_channels
from mmchan.checks.config.meta import attempt, build_part, run_part
from mmchan.checks.config.parts import class_of, default_of, names_of, sequence, whole
from mmchan.findings import FAIL, Finding

# what the heads are derived from that give ``in_channels`` to a convolution of every map, or of theirs
_PLAIN = frozenset({'AnchorHead', 'AnchorFreeHead', 'BaseDecodeHead'})


@dataclass(frozen=True)
class Flow:
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


class Link:
    """A part of a model and what it is given.

    Args:
        flow: What arrives.
        key: Where the part stands.
        settings: The part.
        more: What else it is called with.
    """

    def __init__(self, flow: Flow, key: str, settings: Mapping, more: Sequence[object] = ()) -> None:
        self.flow = flow
        self.key = key
        self.settings = settings
        self.more = more
        self.kind = class_of(settings, MODELS, flow.scope)
        self.declared = _declared(settings, self.kind)

    @functools.cached_property
    def part(self) -> tuple[object, Exception | None]:
        """The part, built, or why it cannot be."""
        return attempt(build_part, self.settings, self.flow.scope)

    @functools.cached_property
    def given(self) -> tuple[object, Exception | None]:
        """What the part makes of what arrives, or how it fails."""
        return self._run(self.flow.maps)

    @functools.cached_property
    def intended(self) -> tuple[object, Exception | None]:
        """What the part makes of maps with the channels that it is said to take, or how it fails."""
        error = TypeError('it does not say what it takes')
        for declared in self._orders():
            wanted = with_channels(self.flow.maps, declared, self.settings.get('in_index'))
            result, error = self._run(wanted) if wanted is not None else (None, error)
            if error is None:
                return result, None
        return None, error

    @property
    def takes_averages(self) -> bool:
        """Whether the part fails on maps, and works on a vector for each of them."""
        vectors = averaged(self.flow.maps) if self.given[1] else None
        return vectors is not None and self._run(vectors)[1] is None

    def _orders(self) -> list[list[int] | int]:
        """The declared channels; some necks name them from the last map to the first."""
        if isinstance(self.declared, list):
            return [self.declared, self.declared[::-1]]
        return [] if self.declared is None else [self.declared]

    def _run(self, maps: Maps) -> tuple[object, Exception | None]:
        built, error = self.part
        if error or not isinstance(built, nn.Module):
            return None, error or TypeError('no part of a network')
        return attempt(run_part, built, maps, *self.more)

    @property
    def is_faulty(self) -> bool:
        """Whether the part does not take what it is given, beyond doubt."""
        if self.given[1] is None:
            return False
        return self.intended[1] is None or self._differs_plainly()

    def _differs_plainly(self) -> bool:
        """Whether a part that does not run without values says that it takes other channels."""
        chosen = self._chosen(channels_of(self.flow.maps))
        if self.part[1] or not chosen:
            return False
        if isinstance(self.declared, list):
            return len(chosen) == len(self.declared) and chosen not in self._orders()
        plain = bool(_PLAIN & names_of(self.kind)) and self.declared is not None
        return plain and set(chosen) != {self.declared}

    def fault(self) -> Finding:
        """That it does not take what it is given."""
        given = self._chosen(channels_of(self.flow.maps))
        what = f'{self.flow.giver} gives {shown(given)}, this takes {shown(self.declared)}'
        return Finding(FAIL, f'{self.key}.in_channels', what, remedy(self.flow, given, 'in_channels'))

    def _chosen(self, given: list[int]) -> list[int]:
        """The channels of the maps that it uses."""
        index = self.settings.get('in_index', default_of(self.kind, 'in_index'))
        try:
            return [given[i] for i in index] if isinstance(index, list | tuple) else [given[index]]
        except (IndexError, TypeError):
            return given


def _declared(settings: Mapping, kind: type | None) -> list[int] | int | None:
    """What a part is said to take, by its config or by its class; None where neither says it."""
    given = settings.get('in_channels', default_of(kind, 'in_channels'))
    several = sequence(given)
    return (several if all(map(whole, several)) else None) if several else whole(given) or None


def shown(channels: list[int] | int) -> str:
    """Channels as a message names them."""
    return str(channels[0]) if isinstance(channels, list) and len(channels) == 1 else str(channels)


def remedy(flow: Flow, given: list[int], name: str) -> str:
    """How a config gets the channels that are given.

    Args:
        flow: What gives them.
        given: The channels.
        name: The setting of the part that takes them.
    """
    asked = _asked_of_plan(flow.backbone, given)
    if asked:
        return f'set {name}={asked} (from mmchan.channels import out_channels)'
    return f'set it to {shown(given if len(set(given)) > 1 else given[:1])}'


def _asked_of_plan(backbone: Mapping, given: list[int]) -> str:
    """How a config asks one of our networks for its channels; '' for others, and for other channels."""
    arch, indices = backbone.get('arch'), tuple(sequence(backbone.get('out_indices')))
    choices = ((arch,), (arch, indices)) if isinstance(arch, str) and _is_ours(backbone) else ()
    for arguments in choices:
        widths, error = attempt(out_channels, *arguments)
        if error is None and (sequence(widths) or [widths]) == given:
            return f'out_channels({", ".join(map(repr, arguments))})'
    return ''


def _is_ours(backbone: Mapping) -> bool:
    kind = backbone.get('type')
    name = kind if isinstance(kind, str) else getattr(kind, '__module__', '')
    return name.startswith('mmchan.')
