"""Published parameters and MACs, counted again: which figures are right, by whose counter, and which are not.

Sources count different operations. A counter is a weight for each kind of operation, so that the arithmetic
of a figure is a table: the parts of the network, their operations, the weighted sum.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import groupby
from pathlib import Path

import yaml

from mmchan.channels import BlockPlan, Layer, get_plan, layers
from mmchan.channels.plans import CLASSIFIER, SHORTCUT
from mmchan.errors import InputError, require, require_known
from mmchan.home import home
from mmchan.zoo.records import Row
from mmchan.zoo.rows import rows
from mmchan.zoo.tasks import DETECTION, SEGMENTATION

PUBLISHED = 'benchmarks/published_costs.yml'
PARTS = 'benchmarks/results/detector_parts.json'
UNITS: Mapping[str, float] = {'': 1, 'M': 1e6, 'G': 1e9}
CLOSE = 0.01  # relative difference below which nobody compares networks


@dataclass(frozen=True)
class Operations:
    """What a part of a network has and does for one image.

    Attributes:
        parameters: All of them.
        norm_parameters: Those of normalisation.
        macs: Multiply-accumulates of convolutions and linear layers, one per output for a bias.
        biases: Those for biases.
        classifier: Those of the classifier's products, without its bias.
        normalised: Outputs of normalisation.
        activated: Outputs of activations.
        added: Outputs of shortcuts' additions.
        pooled: Inputs of global pooling, also that of squeeze-excitation.
    """

    parameters: int = 0
    norm_parameters: int = 0
    macs: int = 0
    biases: int = 0
    classifier: int = 0
    normalised: int = 0
    activated: int = 0
    added: int = 0
    pooled: int = 0

    def __add__(self, other: 'Operations') -> 'Operations':
        return Operations(*(getattr(self, kind) + getattr(other, kind) for kind in KINDS))


KINDS = tuple(field.name for field in fields(Operations))


@dataclass(frozen=True)
class Counter:
    """How a source counts.

    Attributes:
        name: As :data:`PUBLISHED` has it.
        title: For people.
        weights: What every operation counts; those that are not named count nothing.
    """

    name: str
    title: str
    weights: Mapping[str, int]

    def __call__(self, operations: Operations) -> int:
        return sum(weight * getattr(operations, kind) for kind, weight in self.weights.items())


_MMCV = {'macs': 1, 'normalised': 2, 'activated': 1, 'pooled': 1}
OURS = {
    'params': Counter('parameters', 'parameters', {'parameters': 1}),
    'macs': Counter('macs', 'MACs', {'macs': 1}),
}
COUNTERS = {
    one.name: one
    for one in (
        *OURS.values(),
        Counter(
            'without normalisation',
            'parameters without those of normalisation',
            {'parameters': 1, 'norm_parameters': -1},
        ),
        Counter('mmengine', 'MACs and two per normalised output', {'macs': 1, 'normalised': 2}),
        Counter('mmcv', 'MACs, two per normalised output, activations and pooling', _MMCV),
        Counter(
            'mmcv without classifier',
            'MACs, two per normalised output, activations and pooling, without the classifier',
            {**_MMCV, 'classifier': -1},
        ),
        Counter(
            'mmengine in training',
            'MACs without biases and classifier, five per normalised output, and pooling',
            {'macs': 1, 'biases': -1, 'classifier': -1, 'normalised': 5, 'pooled': 1},
        ),
        Counter(
            'every operation',
            'MACs, two per normalised output, activations, additions and pooling',
            {**_MMCV, 'added': 1},
        ),
    )
}
STATES = {
    'same': 'equal to the last printed digit',
    'counter': "equal by the source's counter",
    'close': 'within 1 % by either counter',
    'differs': 'differs',
}


@dataclass(frozen=True)
class Figure:
    """A published figure beside our count.

    Attributes:
        source: Who publishes it.
        url: Where.
        network: A variant, or a row of the zoo for detectors.
        quantity: 'params' or 'macs'.
        printed: As the source prints it.
        size: Side of the image in pixels; None for detectors.
        counted: Our count.
        counter: How the source counts, where that is known to differ from ours, else our own counter.
        by_counter: What the source's counter gives.
        erratum: What is known of a figure that no counter gives; empty for nothing.
    """

    source: str
    url: str
    network: str
    quantity: str
    printed: str
    size: int | None
    counted: int
    counter: Counter
    by_counter: int
    erratum: str = ''

    @property
    def value(self) -> float:
        """The printed number."""
        return _parsed(self.printed)[0]

    @property
    def ratio(self) -> float:
        """The printed number over our count."""
        return self.value / self.counted

    @property
    def state(self) -> str:
        """One of :data:`STATES`."""
        if _prints(self.printed, self.counted):
            return 'same'
        if _prints(self.printed, self.by_counter):
            return 'counter'
        off = min(abs(self.value / count - 1) for count in (self.counted, self.by_counter))
        return 'close' if off < CLOSE else 'differs'


def _parsed(printed: str) -> tuple[float, float]:
    """A printed number and the step of its last digit.

    >>> _parsed('0.41 G')
    (410000000.0, 10000000.0)
    """
    digits, _, unit = printed.partition(' ')
    require_known(unit, UNITS, 'unit')
    decimals = len(digits.partition('.')[2])
    return round(float(digits) * UNITS[unit], 3), round(UNITS[unit] / 10**decimals, 3)


def _prints(printed: str, count: float) -> bool:
    """Whether a count, rounded or cut off, gives the printed digits."""
    value, step = _parsed(printed)
    return abs(value - count) <= step / 2 or 0 <= count - value < step


def figures(root: Path | None = None) -> list[Figure]:
    """Every published figure that :data:`PUBLISHED` has, with our count.

    Args:
        root: The repository. None: where our configs are.

    Raises:
        InputError: For a network, a counter or a unit that is not known.
    """
    root = root or home()
    content = yaml.safe_load((root / PUBLISHED).read_text(encoding='utf-8'))
    detectors = {row.name: row for task in (DETECTION, SEGMENTATION) for row in rows(task, root, measured=())}
    return [figure for source in content for figure in _figures_of(source, detectors)]


def _figures_of(source: Mapping[str, object], detectors: Mapping[str, Row]) -> Iterator[Figure]:
    for network, printed in source['figures'].items():
        require(len(printed) == 2, f'figures of {network}', 'parameters and MACs', printed)
        size = None if source.get('rows') else source.get('sizes', {}).get(network, 224)
        for quantity, text in zip(OURS, printed, strict=True):
            name = source.get(quantity, OURS[quantity].name)
            require_known(name, COUNTERS, 'counter')
            counter = COUNTERS[name]
            counted, by_counter = _counts(network, size, quantity, counter, detectors)
            yield Figure(
                source=source['source'],
                url=source['url'],
                network=network,
                quantity=quantity,
                printed=text,
                size=size,
                counted=counted,
                counter=counter,
                by_counter=by_counter,
                erratum=source.get('errata', {}).get(network, ''),
            )


def _counts(
    network: str, size: int | None, quantity: str, counter: Counter, detectors: Mapping[str, Row]
) -> tuple[int, int]:
    """Our count and that of a counter."""
    if size is not None:
        total = _total(network, size)
        return OURS[quantity](total), counter(total)
    name = f'mmchan_{network}'
    if name not in detectors:
        raise InputError(f'{PUBLISHED} has figures of {network}, which is no row of the zoo')
    counted = getattr(detectors[name], quantity)
    return counted, counted


@cache
def _total(network: str, size: int) -> Operations:
    return sum(operations(network, size).values(), Operations())


def operations(network: str, size: int) -> dict[str, Operations]:
    """The operations of a variant, part by part: stem, blocks, head.

    Args:
        network: A variant's name.
        size: Side of the image in pixels.
    """
    plan = get_plan(network)
    blocks = {f'block {number}': block for number, block in enumerate(plan.blocks)}
    found: dict[str, Operations] = {}
    pixels = 1
    for part, group in groupby(layers(plan, size), key=lambda layer: layer.part):
        inside = list(group)
        found[part] = sum(map(_layer, inside), Operations())
        if part in blocks:
            found[part] += _block(blocks[part], inside)
        if part != 'head':
            pixels = _output(inside)
    found['head'] += Operations(pooled=pixels)
    return found


def _layer(layer: Layer) -> Operations:
    conv, cost = layer.conv, layer.cost
    outputs = cost.activations
    biases = outputs if conv.bias else 0
    return Operations(
        parameters=cost.parameters,
        norm_parameters=2 * conv.out_channels if conv.norm else 0,
        macs=cost.macs,
        biases=biases,
        classifier=cost.macs - biases if conv.role == CLASSIFIER else 0,
        normalised=outputs if conv.norm else 0,
        activated=outputs if conv.activation else 0,
    )


def _block(block: BlockPlan, inside: Sequence[Layer]) -> Operations:
    """What a block does beyond its convolutions: its addition, the activation behind it, its pooling."""
    by_role = {layer.conv.role: layer.cost.activations for layer in inside}
    outputs = by_role[block.convs[-1].role]
    added = 0 if block.shortcut == 'none' else outputs
    pooled = by_role[block.squeeze.after] if block.squeeze else 0
    return Operations(activated=outputs if block.activation else 0, added=added, pooled=pooled)


def _output(inside: Sequence[Layer]) -> int:
    """Numbers that a part puts out, before any pooling."""
    along = [layer for layer in inside if not layer.conv.is_pooled and layer.conv.role != SHORTCUT]
    return along[-1].cost.activations


def detector_parts(root: Path | None = None) -> Mapping[str, Mapping[str, Sequence[int]]]:
    """Parameters and MACs of the parts of published detectors, as benchmarks/detector_parts.py counted them.

    Args:
        root: The repository. None: where our configs are.

    Returns:
        Row of the zoo -> part -> parameters, MACs.
    """
    return json.loads(((root or home()) / PARTS).read_text(encoding='utf-8'))
