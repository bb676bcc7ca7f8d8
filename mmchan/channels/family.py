"""The record of a family: all that mmchan knows about it, in one object.

A record is light: what needs torch stands in it by its dotted name, ``'package.module:attribute'``. A family
from outside is such an object under an entry point in the group ``mmchan.families``; it is treated like ours.
"""

import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from mmchan.channels.parameters import Parameter
from mmchan.channels.plans import NetPlan
from mmchan.errors import InputError, require, require_known

TYPE_CHECKING = False  # as in mmchan.channels.parameters
if TYPE_CHECKING:
    from numpy.random import Generator

    from mmchan.layouts.naming import Layout

GREY = ('#6b7280', '#a3adbb')
ATTEMPTS = 1000  # draws before a family counts as one without valid random networks
MOST_STAGES = 5  # of random networks: an image of 64 pixels survives as many halvings behind the stem


@dataclass(frozen=True)
class Preprocessing:
    """From an image to a network's input.

    Attributes:
        size: Side of the square input in pixels.
        crop_ratio: Share of the resized shorter edge that the centre crop keeps.
        interpolation: 'bicubic' or 'bilinear'.
        mean: Of red, green and blue, for values within [0, 1].
        std: Likewise.
        colour: Order of the channels that the network expects, 'rgb' or 'bgr'.
    """

    size: int = 224
    crop_ratio: float = 0.875
    interpolation: str = 'bicubic'
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)
    colour: str = 'rgb'

    @property
    def edge(self) -> int:
        """Length in pixels to which the shorter edge is resized before the centre is cut out."""
        return int(self.size / self.crop_ratio + 1e-9)  # 240 / (240 / 272) is 271.999…


# `name-<first digits of the SHA-256>.pth`; eight digits may also be a date
_NAMED_HASH = re.compile(r'-(?!20[12]\d[01]\d[0-3]\d\.)([0-9a-f]{8,64})\.[a-z]+$')


def named_hash(name: str) -> str | None:
    """The first digits of the SHA-256 that a file's name or URL carries.

    >>> named_hash('regnetx-1.6gf_8xb128_in1k_20211213-d1b89758.pth')
    'd1b89758'
    >>> named_hash('RegNetX-400MF_dds_8gpu.pyth') is None
    True
    """
    match = _NAMED_HASH.search(name)
    return match and match.group(1)


@dataclass(frozen=True, kw_only=True)
class PublishedWeights:
    """ImageNet weights of a variant: a URL, an installable package that holds them, or a page with both.

    Attributes:
        variant: Name of the variant.
        source: Who published them.
        preprocessing: How their images are prepared for evaluation.
        url: Address of the file. It never names a branch that moves.
        package: Name of the Python package that holds the file.
        page: Where a person finds the file that no program may fetch, because it moves.
        sha256: SHA-256 of the file in hexadecimal; the digits in a URL's name need not be repeated.
        unverifiable: Why nothing tells whether a download is the right file; empty where something does.
    """

    variant: str
    source: str
    preprocessing: Preprocessing
    url: str | None = None
    package: str | None = None
    page: str | None = None
    sha256: str | None = None
    unverifiable: str = ''

    def __post_init__(self) -> None:
        places = [place for place in (self.url, self.package, self.page) if place]
        require(len(places) == 1, f'place of {self.variant}', 'url, package or page, one of them', places)
        rule = "given, or unverifiable='why nobody publishes one'"
        require(bool(self.digits) != bool(self.unverifiable), f'sha256 of {self.variant}', rule, self.digits)

    @property
    def digits(self) -> str | None:
        """The first digits of the file's SHA-256, as many as are published; None for none."""
        return self.sha256 or named_hash(self.url or '')


@dataclass(frozen=True)
class Series:
    """Variants that are named, coloured and joined in drawings together, such as RegNetX in RegNet.

    Attributes:
        name: Lower case with underscores.
        title: For people.
        colours: On a light and on a dark ground, contrast at least 3:1; grey by default.
    """

    name: str
    title: str
    colours: tuple[str, str] = GREY


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A named network.

    Attributes:
        name: Lower case; other cases, and underscores for hyphens, are understood.
        arguments: What the plan function gets.
        source: Where the arguments come from.
        series: Name of the series that it belongs to; by default the family's only one.
        family: Name of the family, set by it.
    """

    name: str
    arguments: Mapping[str, object] = field(hash=False)
    source: str
    series: str = ''
    family: str = ''


@dataclass(frozen=True, kw_only=True, eq=False)
class Family:
    """A family of networks.

    What is left out costs the family that feature and nothing else: without ``published`` it has no
    pretrained weights, without ``layouts`` no conversion from other projects.

    Attributes:
        name: Lower case with underscores; what ``arch=dict(family=...)`` says.
        title: For people.
        paper: Where it comes from, such as 'arXiv:2003.13678'.
        plan: Function from the parameters, all by keyword, to a plan that carries the family's name.
        parameters: All arguments of ``plan``.
        variants: The named networks.
        series: How they are grouped; by default one series of the family's own name.
        preprocessing: How images are prepared where nothing published says otherwise.
        backbone: Class of its own, below :class:`mmchan.models.backbone.PlanBackbone`.
        layouts: Mapping of layout names, see :mod:`mmchan.layouts.naming`.
        published: Sequence of :class:`PublishedWeights`.
        population: Function from arrays of parameters to the layers of all networks, see
            :mod:`mmchan.channels.population`.
    """

    name: str
    title: str
    paper: str
    plan: Callable[..., NetPlan]
    parameters: Sequence[Parameter]
    variants: Sequence[Variant] = ()
    series: Sequence[Series] = ()
    preprocessing: Preprocessing = Preprocessing()
    backbone: str = 'mmchan.models.backbone:PlanBackbone'
    layouts: str = ''
    published: str = ''
    population: str = ''

    def __post_init__(self) -> None:
        series = tuple(self.series) or (Series(self.name, self.title),)
        for name in (self.name, *(one.name for one in series)):
            require(name.isidentifier() and name.islower(), 'name of a family or series', NAME_RULE, name)
        known = {one.name for one in series}
        variants = tuple(
            replace(one, family=self.name, series=one.series or series[0].name) for one in self.variants
        )
        for variant in variants:
            require_known(variant.series, known, f'series of {variant.name}')
        object.__setattr__(self, 'series', series)
        object.__setattr__(self, 'variants', variants)

    @cached_property
    def parameter(self) -> Mapping[str, Parameter]:
        """Its parameters by name."""
        return MappingProxyType({one.name: one for one in self.parameters})

    @property
    def design(self) -> list[Parameter]:
        """The parameters that sliders, random networks and spaces change."""
        return [one for one in self.parameters if not one.fixed]

    def check(self, arguments: Mapping[str, object]) -> None:
        """Raise InputError for an unknown, a missing or a wrong argument."""
        for name in arguments:
            require_known(name, self.parameter, f'argument of {self.name}')
        missing = [one.name for one in self.parameters if one.is_required and one.name not in arguments]
        require(not missing, f'arguments of {self.name}', f'given with {", ".join(missing)}', dict(arguments))
        for name, value in arguments.items():
            self.parameter[name].check(value)

    def build_plan(self, arguments: Mapping[str, object]) -> NetPlan:
        """The plan of arguments.

        Raises:
            InputError: For an unknown, a missing or a wrong argument.
        """
        self.check(arguments)
        plan = self.plan(**arguments)
        require(plan.family == self.name, f"family of {self.name}'s plans", repr(self.name), plan.family)
        return plan

    def draw(self, rng: 'Generator') -> dict[str, object]:
        """Arguments of a random network, of usual values.

        Args:
            rng: Source of randomness.

        Raises:
            InputError: When no network comes of many draws.
        """
        for _ in range(ATTEMPTS):
            stages = int(rng.integers(1, MOST_STAGES + 1))
            arguments = {one.name: one.draw(rng, stages=stages) for one in self.design}
            try:
                plan = self.build_plan(arguments)
            except InputError:  # parameters may contradict each other
                continue
            if len(plan.stages) <= MOST_STAGES:
                return arguments
        raise InputError(f'no network of {self.name} came of {ATTEMPTS} draws; narrow its parameters')

    def load(self, part: str) -> object:
        """What a dotted name of the record stands for; None where the record has none.

        Args:
            part: 'backbone', 'layouts', 'published' or 'population'.

        Raises:
            InputError: When there is no such module or attribute.
        """
        dotted = getattr(self, part)
        if not dotted:
            return None
        module, _, attribute = dotted.partition(':')
        try:
            return getattr(importlib.import_module(module), attribute)
        except (ModuleNotFoundError, AttributeError) as error:
            raise InputError(
                f'{part} of the family {self.name} is {dotted!r}: {error}; correct it'
            ) from error

    @cached_property
    def published_weights(self) -> Mapping[str, PublishedWeights]:
        """Published weights by variant; empty where nobody published any."""
        return MappingProxyType({one.variant: one for one in self.load('published') or ()})

    @cached_property
    def own_layouts(self) -> Mapping[str, 'Layout']:
        """Layouts of other projects by name, and ours where it is not the general one."""
        return MappingProxyType(dict(self.load('layouts') or {}))


NAME_RULE = 'lower case with underscores'
