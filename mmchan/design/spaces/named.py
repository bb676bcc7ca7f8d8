"""The spaces of the papers by name, and the usual space of any family."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from mmchan.channels import Parameter, find_family
from mmchan.design.spaces.constraints import Cap, Constraint, PowerLaw, Rising, WholeStages
from mmchan.design.spaces.laws import Choice, Law, LogUniform, Powers, PowersThenLogUniform, Uniform
from mmchan.design.spaces.rows import PerStage
from mmchan.design.spaces.space import Space
from mmchan.errors import InputError, require, require_integer, require_known

RADOSAVOVIC = 'arXiv:2003.13678'
ANYNETX = ('anynetx_a', 'anynetx_b', 'anynetx_c', 'anynetx_d', 'anynetx_e')
MOST_STAGES = 5  # of usual spaces: an image of 64 pixels survives as many halvings behind the stem

# of the paper's letters b (here its reciprocal), g, w and d
BOTTLENECK_RATIO = Choice((1, 1 / 2, 1 / 4))
GROUP_WIDTH = Powers(1, 32)
WIDTH = LogUniform(8, 1024, 8)
DEPTH = LogUniform(1, 16)

# what the paper finds to hold for good RegNetX, in section 5
CAPS = (Cap('parameters', PowerLaw(3e6, 5.5e6)), Cap('activations', PowerLaw(0, 6.5e6, 0.5)))


def anynetx(letter: str, *, stages: int = 4) -> Space:
    """AnyNetX_A, in which everything is free, or what section 3.2 of the paper makes of it.

    Args:
        letter: 'a'; 'b', where stages share a bottleneck ratio; 'c', and a group width; 'd', where widths
            never fall; 'e', and depths neither.
        stages: Number of stages; the paper's 4, or 5 as in its section 4.

    Raises:
        InputError: For another letter.
    """
    require_known(f'anynetx_{letter}', ANYNETX, 'space')
    return Space(
        name=f'anynetx_{letter}',
        family='anynet',
        stages=stages,
        laws={
            'widths': PerStage(WIDTH),
            'depths': PerStage(DEPTH),
            'group_widths': PerStage(GROUP_WIDTH, shared=letter >= 'c'),
            'bottleneck_ratios': PerStage(BOTTLENECK_RATIO, shared=letter >= 'b'),
            'rounding': 'pycls',
        },
        constraints=(*[Rising('widths')] * (letter >= 'd'), *[Rising('depths')] * (letter >= 'e')),
        source=f'{RADOSAVOVIC}, section 3.2; laws of pycls',
    )


def regnet(*, stages: int = 4) -> Space:
    """RegNet: quantised linear widths, with the ranges of the paper's section 3.3.

    Args:
        stages: Number of stages, none of them skipped or merged by rounding.
    """
    return Space(
        name='regnet',
        family='regnet',
        laws={
            'depth': Uniform(1, 63),
            'w0': LogUniform(8, 256, 8),
            'wa': LogUniform(8, 256, 0.1),
            'wm': LogUniform(1.5, 3, 0.001),
            'bottleneck_ratio': BOTTLENECK_RATIO,
            'group_width': GROUP_WIDTH,
        },
        constraints=(WholeStages(stages, stages),),
        source=f'{RADOSAVOVIC}, section 3.3: d < 64, w0 and wa < 256, 1.5 <= wm <= 3; laws and least wa of pycls',
    )


def regnetx(*, caps: bool = True, stages: int = 4) -> Space:
    """RegNetX as section 5 of the paper leaves it: no bottleneck, wm >= 2, 12 to 28 blocks, caps.

    Args:
        caps: Whether parameters and activations have the caps that the paper found.
        stages: As for :func:`regnet`.
    """
    return Space(
        name='regnetx',
        family='regnet',
        laws={
            'depth': Uniform(12, 28),
            'w0': LogUniform(8, 256, 8),
            'wa': LogUniform(8, 256, 0.1),
            'wm': LogUniform(2, 3, 0.001),
            'group_width': PowersThenLogUniform(8, 128, 8),
        },
        constraints=(WholeStages(stages, stages), *(CAPS if caps else ())),
        source=f'{RADOSAVOVIC}, section 5; laws and ranges of pycls',
    )


def regnety(*, caps: bool = True, stages: int = 4) -> Space:
    """RegNetY: :func:`regnetx` with squeeze-excitation of a quarter.

    The paper's caps are of RegNetX; squeeze-excitations have parameters and activations of their own.
    """
    space = regnetx(caps=caps, stages=stages)
    return Space(
        name='regnety',
        family=space.family,
        laws={**space.laws, 'se_ratio': 0.25},
        constraints=space.constraints,
        source=f'{space.source}; squeeze-excitation of its section 5',
    )


SPACES: Mapping[str, Callable[[], Space]] = MappingProxyType({
    **{f'anynetx_{letter}': (lambda letter=letter: anynetx(letter)) for letter in 'abcde'},
    'regnet': regnet,
    'regnetx': regnetx,
    'regnety': regnety,
})  # fmt: skip


def names() -> list[str]:
    """The names that :func:`get` knows.

    >>> names()[:5]
    ['anynetx_a', 'anynetx_b', 'anynetx_c', 'anynetx_d', 'anynetx_e']
    """
    return list(SPACES)


def get(
    name: str,
    *,
    macs: tuple[float, float] | None = None,
    parameters: tuple[float, float] | None = None,
    activations: tuple[float, float] | None = None,
    resolution: int | tuple[int, int] | None = None,
    num_classes: int | None = 1000,
) -> Space:
    """A space by name, within bands of cost.

    Args:
        name: One of :func:`names`, in any case.
        macs: Least and greatest MACs; None for no band.
        parameters: Likewise.
        activations: Likewise.
        resolution: Side of the square image, or (height, width), for which costs are counted; by default
            that of the space.
        num_classes: Classes of the classifier; None counts backbones alone.

    Raises:
        InputError: For an unknown name, with the nearest one, or a band whose ends are the wrong way round.

    >>> get('regnetx', macs=(360e6, 400e6)).family
    'regnet'
    """
    wanted = name.strip().lower().replace('-', '_')
    require_known(wanted, SPACES, 'space')
    space = SPACES[wanted]()
    size = space.resolution if resolution is None else resolution
    space = space.counted_at(size, num_classes=num_classes)
    return space.within(macs=macs, parameters=parameters, activations=activations)


def usual(family: str, *, constraints: tuple[Constraint, ...] = (), stages: int | Law | None = None) -> Space:
    """The usual values of any family's parameters, as its record has them; of an installed one's too.

    Args:
        family: Name of the family.
        constraints: What draws must pass.
        stages: Number of stages, or its law, where parameters are per stage; by default 1 to 5.

    Raises:
        InputError: For an unknown family.

    >>> sorted(usual('rexnet').laws)[:3]
    ['depth_mult', 'divisor', 'first_width']
    """
    record = find_family(family)
    return Space(
        name=f'usual {record.title}',
        family=family,
        laws={one.name: usual_law(one) for one in record.design},
        stages=Uniform(1, MOST_STAGES) if stages is None else stages,
        constraints=constraints,
        source="the ranges of the family's record",
    )


def usual_law(parameter: Parameter) -> Law:
    """The law of a parameter's usual values; an optional number is None half of the time.

    Raises:
        InputError: For a parameter that is no part of the design.

    >>> usual_law(find_family('regnet').parameter['w0'])
    LogUniform(low=8, high=320, quantum=8)
    """
    require(not parameter.fixed, parameter.name, 'a parameter of the design', parameter.meaning)
    if parameter.kind == 'choice':
        return Choice(parameter.choices)
    kind = LogUniform if parameter.logarithmic else Uniform
    law = kind(parameter.low, parameter.high, parameter.step)
    if not parameter.optional:
        return law
    shares = law.probabilities.tolist()
    return Choice((None, *law.values.tolist()), (sum(shares), *shares))
