"""What the rank analysis of random networks leaves open, with defaults that come nearest to the figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from mmchan.errors import require, require_integer, require_known

CONV1, CONV3, BOTTLENECK, DEPTHWISE_BOTTLENECK = '1x1', '3x3', 'bottleneck', 'depthwise-bottleneck'
KINDS: Mapping[str, str] = MappingProxyType(
    {
        CONV1: '1x1 conv',
        CONV3: '3x3 conv',
        BOTTLENECK: 'inverted bottleneck, 3x3 conv',
        DEPTHWISE_BOTTLENECK: 'inverted bottleneck, 3x3 depthwise conv',
    }
)
NONLINEARITIES: Mapping[str, str] = MappingProxyType(
    {
        'linear': 'linear',
        'relu6': 'ReLU6',
        'relu': 'ReLU',
        'leaky_relu': 'LeakyReLU',
        'elu': 'ELU',
        'softplus': 'SoftPlus',
        'hardswish': 'HSwish',
        'silu': 'SiLU',
    }
)
RATIOS = tuple(tenth / 10 for tenth in range(1, 11))
WEIGHT_LAWS = ('normal', 'uniform')
INPUT_LAWS = ('uniform', 'normal')
NORMS = ('scale', 'batch', 'none')
WIDTH_STEP = 10  # so that every tenth of a width is a whole number of channels


@dataclass(frozen=True)
class Settings:
    """Which random networks are drawn and how their rank is counted.

    Attributes:
        kinds: Layers and blocks, of KINDS.
        nonlinearities: Of NONLINEARITIES.
        ratios: Channel dimension ratios d_in / d_out, each in (0, 1].
        networks: Random networks for every kind and ratio, >= 1; all nonlinearities see the same ones.
        widths: Least and largest d_out; a width is drawn among the multiples of 10 between them.
        inputs: Inputs per feature of the output: N = inputs * d_out * map_size ** 2, > 1.
        weights: 'normal' (He's) or 'uniform' (torch's default).
        values: Law of the inputs: 'uniform' on [0, 1] or 'normal' with variance 1.
        norm: Normalisation: 'batch' centres and scales every channel by the batch; 'scale' only scales it;
            'none' leaves it.
        expansions: Least and largest expansion ratio of an inverted bottleneck, drawn for each network.
        map_size: Side of the maps of the kinds with a 3x3 kernel, in pixels.
        tolerance: Share of the largest singular value above which one counts; None takes float32's.
        seed: Of all draws.

    Raises:
        InputError: For a value outside its range.
    """

    kinds: Sequence[str] = tuple(KINDS)
    nonlinearities: Sequence[str] = tuple(NONLINEARITIES)
    ratios: Sequence[float] = RATIOS
    networks: int = 1000
    widths: tuple[int, int] = (20, 80)
    inputs: float = 5.0
    weights: str = 'normal'
    values: str = 'uniform'
    norm: str = 'scale'
    expansions: tuple[int, int] = (1, 3)
    map_size: int = 1
    tolerance: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        for name, known in (('kinds', KINDS), ('nonlinearities', NONLINEARITIES)):
            require(len(getattr(self, name)) > 0, name, f'some of {", ".join(known)}', getattr(self, name))
            for one in getattr(self, name):
                require_known(one, known, name)
        for name, known in (('weights', WEIGHT_LAWS), ('values', INPUT_LAWS), ('norm', NORMS)):
            require_known(getattr(self, name), known, name)
        self._check_numbers()

    def _check_numbers(self) -> None:
        in_range = len(self.ratios) > 0 and all(0 < ratio <= 1 for ratio in self.ratios)
        require(in_range, 'ratios', 'numbers within (0, 1]', tuple(self.ratios))
        require_integer(self.networks, 'networks')
        require_integer(self.map_size, 'map_size')
        require_integer(self.seed, 'seed', least=0)
        low, high = self.widths
        rule = f'(least, largest) with a multiple of {WIDTH_STEP} between them'
        require(0 < low <= high and len(self.width_choices) > 0, 'widths', rule, self.widths)
        low, high = self.expansions
        require(1 <= low <= high, 'expansions', '(least, largest), both >= 1', self.expansions)
        require(self.inputs > 1, 'inputs', '> 1, so that there are more inputs than features', self.inputs)
        require(
            self.tolerance is None or 0 <= self.tolerance < 1, 'tolerance', 'within [0, 1)', self.tolerance
        )

    @property
    def width_choices(self) -> range:
        """The widths that are drawn from."""
        low, high = self.widths
        return range(-(-low // WIDTH_STEP) * WIDTH_STEP, high + 1, WIDTH_STEP)

    def map_size_of(self, kind: str) -> int:
        """Side of the maps of a kind: a 1x1 conv sees one pixel, whatever the map."""
        return 1 if kind == CONV1 else self.map_size
