"""The spaces of the papers by name, and the usual space of any family."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from types import MappingProxyType

from mmchan.channels import Parameter, find_family
from mmchan.design.spaces.constraints import Cap, Constraint, PowerLaw, Rising
from mmchan.design.spaces.laws import Choice, Law, LogUniform, Powers, PowersThenLogUniform, Uniform, constant
from mmchan.design.spaces.quantised import WholeStages
from mmchan.design.spaces.rows import Linear, PerStage, PiecewiseLinear
from mmchan.design.spaces.space import Space
from mmchan.errors import require, require_integer, require_known

RADOSAVOVIC = 'arXiv:2003.13678'
ANYNETX = ('anynetx_a', 'anynetx_b', 'anynetx_c', 'anynetx_d', 'anynetx_e')
MOST_STAGES = 5  # of usual spaces: an image of 64 pixels survives as many halvings behind the stem

# of the paper's letters b (here its reciprocal), g, w and d
BOTTLENECK_RATIO = Choice((1, 1 / 2, 1 / 4))
GROUP_WIDTH = Powers(1, 32)
WIDTH = LogUniform(8, 1024, 8)
DEPTH = LogUniform(1, 16)

RULES = ('linear', 'piecewise', 'stagewise')
REXNET = {'stem_width': 16, 'penultimate_width': 640, 'stem_stride': 1}  # of the paper's search
BLOCK_WIDTH = LogUniform(8, 256)
FLOOR = LogUniform(8, 48)

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
        source=f'{RADOSAVOVIC}, section 3.3; laws of pycls, and its least wa',
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
    space = regnetx(caps=caps, stages=stages).with_laws(se_ratio=0.25)
    return replace(space, name='regnety', source=f'{space.source}; squeeze-excitation of its section 5')


def rexnet(
    widths: str,
    *,
    blocks: int = 9,
    strides: Sequence[int] | None = None,
    expand_ratio: float | Law = 6,
    se_ratio: float | Law | None = None,
    activation: str | Law = 'silu',
    spatial_activation: str | Law = 'relu6',
) -> Space:
    """Inverted bottlenecks whose widths follow a rule, as ReXNet's search compares them.

    The ranges of widths, and the strides by default, are ours: the paper gives neither. With these strides
    its best networks keep to the MACs that it allows them.

    Args:
        widths: 'linear' in the block's index above a floor; 'piecewise' linear between knots, above a floor;
            or 'stagewise', constant in a stage, never falling from one to the next.
        blocks: Number of blocks; 5, 9 and 13 in the paper.
        strides: Stride of every block, 1 or 2; by default 2 behind a third and behind half of them.
        expand_ratio: Width inside over that of the block's input, or its law; a network has one.
        se_ratio: Squeeze width over the width inside, or its law; None without squeeze-excitation.
        activation: Behind the 1x1 expansion, or its law.
        spatial_activation: Behind the depthwise convolution, or its law.

    Returns:
        The space, of networks for images of 32 pixels and 100 classes.

    Raises:
        InputError: For an unknown rule, or strides that are not one for every block.
    """
    require_known(widths, RULES, 'rule of widths')
    require_integer(blocks, 'blocks')
    places = (blocks // 3, (blocks + 1) // 2)
    strides = strides or [1 + (0 < block in places) for block in range(blocks)]
    require(len(strides) == blocks, 'strides', f'one for each of the {blocks} blocks', strides)
    ratio = expand_ratio if isinstance(expand_ratio, Law) else constant(expand_ratio)
    return Space(
        name=f'rexnet_{widths}',
        family='anyrexnet',
        **(_stagewise(strides) if widths == 'stagewise' else _blockwise(widths, strides)),
        resolution=32,
        num_classes=100,
        source='arXiv:2007.00992, section 4; stem and end as there, ranges of widths and strides ours',
    ).with_laws(
        expand_ratios=PerStage(ratio, shared=True),
        se_ratio=se_ratio,
        activation=activation,
        spatial_activation=spatial_activation,
        **REXNET,
    )


def _blockwise(rule: str, strides: Sequence[int]) -> dict[str, object]:
    """A width for every block."""
    if rule == 'linear':
        widths = Linear(first=Uniform(-64, 64), growth=Uniform(0, 24, 0.5), floor=FLOOR)
    else:
        widths = PiecewiseLinear(BLOCK_WIDTH, knots=Uniform(2, max(2, len(strides))), floor=FLOOR)
    return {'stages': len(strides), 'laws': {'widths': widths, 'strides': tuple(strides)}}


def _stagewise(strides: Sequence[int]) -> dict[str, object]:
    """A width for every stage: the first block, and those of stride 2, open one."""
    first = [block for block, stride in enumerate(strides) if block == 0 or stride == 2]
    depths = [end - begin for begin, end in pairwise([*first, len(strides)])]
    laws = {
        'widths': PerStage(BLOCK_WIDTH),
        'depths': tuple(depths),
        'strides': tuple(strides[block] for block in first),
    }
    return {'stages': len(first), 'laws': laws, 'constraints': (Rising('widths'),)}


SPACES: Mapping[str, Callable[..., Space]] = MappingProxyType({
    **{f'anynetx_{letter}': partial(anynetx, letter) for letter in 'abcde'},
    'regnet': regnet,
    'regnetx': regnetx,
    'regnety': regnety,
    **{f'rexnet_{rule}': partial(rexnet, rule) for rule in RULES},
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
    num_classes: int | None = None,
    stages: int | None = None,
    blocks: int | None = None,
) -> Space:
    """A space by name, within bands of cost.

    Args:
        name: One of :func:`names`, in any case.
        macs: Least and greatest MACs; None for no band.
        parameters: Likewise.
        activations: Likewise.
        resolution: Side of the square image, or (height, width), for which costs are counted; by default
            that of the space.
        num_classes: Classes of the classifier; by default those of the space.
        stages: Number of stages of AnyNets and RegNets, 4 by default.
        blocks: Number of blocks of ReXNets, 9 by default.

    Raises:
        InputError: For an unknown name, with the nearest one, a band whose ends are the wrong way round,
            stages of what has blocks, and blocks of what has stages.

    >>> get('regnetx', macs=(360e6, 400e6)).family
    'regnet'
    """
    wanted = name.strip().lower().replace('-', '_')
    require_known(wanted, SPACES, 'space')
    lengths = {'blocks': blocks} if wanted.startswith('rexnet') else {'stages': stages}
    other, value = ('stages', stages) if 'blocks' in lengths else ('blocks', blocks)
    require(value is None, other, f'left out: {wanted} has {next(iter(lengths))}', value)
    space = SPACES[wanted](**{key: value for key, value in lengths.items() if value is not None})
    space = replace(
        space, resolution=resolution or space.resolution, num_classes=num_classes or space.num_classes
    )
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
