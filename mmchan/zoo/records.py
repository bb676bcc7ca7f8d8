"""What the zoo knows of a network, as plain values: a row, its latencies."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from mmchan.channels import find_variant, list_variants

UNPUBLISHED = 'unpublished'  # a schedule that the source of a result does not tell


@dataclass(frozen=True)
class Setting:
    """Where and how latencies are measured; what a source leaves unsaid is None.

    Attributes:
        device: The processor, such as 'CPU' or 'V100'.
        runtime: What computes, such as 'PyTorch'.
        precision: Of the arithmetic, such as 'fp32'.
        batch: Images at once.
    """

    device: str
    runtime: str | None = None
    precision: str | None = None
    batch: int | None = None

    form = 'g'

    @property
    def key(self) -> str:
        """The name of its column and axis.

        >>> Setting('V100', batch=64).key, Setting('RTX 3090', 'TensorRT', 'fp16', 1).key
        ('v100_ms', 'rtx-3090_tensorrt_fp16_b1_ms')
        """
        if self in PUBLISHED:
            return PUBLISHED[self]
        batch = None if self.batch is None else f'b{self.batch}'
        words = filter(None, (self.device, self.runtime, self.precision, batch))
        return '_'.join(re.sub(r'[^a-z0-9.]+', '-', word.lower()) for word in (*words, 'ms'))

    @property
    def heading(self) -> str:
        """The heading of its column, such as 'CPU (ms, batch 1)'."""
        return f'{self.device} ({self._details})'

    @property
    def axis(self) -> str:
        """The title of its axis, such as 'CPU latency (ms, batch 1)'."""
        return f'{self.device} latency ({self._details})'

    @property
    def _details(self) -> str:
        batch = None if self.batch is None else f'batch {self.batch}'
        return ', '.join(filter(None, ('ms', self.runtime, self.precision, batch)))

    def of(self, row: 'Row') -> float | None:
        """The latency of a row, in ms; None where nobody measured it."""
        return next((latency.ms for latency in row.latencies if latency.setting == self), None)


# the settings of the latencies that papers and other zoos publish, with short names
PUBLISHED = {
    Setting('CPU', batch=1): 'cpu_ms',
    Setting('V100', batch=64): 'v100_ms',
    Setting('M40', batch=64): 'm40_ms',
}


@dataclass(frozen=True)
class Latency:
    """A measured latency: the fields of :class:`Setting`, and the milliseconds for the whole batch."""

    device: str
    runtime: str | None = None
    precision: str | None = None
    batch: int | None = None
    ms: float | None = None

    @property
    def setting(self) -> Setting:
        """Where and how it was measured."""
        return Setting(self.device, self.runtime, self.precision, self.batch)


@dataclass(frozen=True)
class Row:
    """A network of the zoo with one set of results.

    Attributes:
        name: Unique, such as mmchan_rexnet-1.0x_4xb128_in1k.
        series: What it is grouped and coloured by: regnetx, rexnet_lite, resnet, …
        variant: The backbone, such as rexnet-1.0x.
        detector: Such as Faster R-CNN; None for classifiers.
        task: A key of :data:`mmchan.zoo.TASKS`.
        dataset: That it was evaluated on.
        split: The images of it: 'val', 'val2017', 'test-dev', …
        resolution: Height and width that the cost is for, '224x224'.
        params: Parameters; None where nobody counted.
        macs: Multiply-accumulates of one image; None where nobody counted.
        activations: Of one image; None where nobody counted.
        proposals: That the second stage is counted for; None where there is none, or where the source of
            the cost does not tell.
        metrics: Key of :data:`mmchan.zoo.METRICS` -> percentage.
        latencies: As published or measured.
        provenance: A key of :data:`mmchan.zoo.PROVENANCES`; None without metrics.
        source: Who reports the metrics.
        source_url: Where.
        recipe: How it was trained.
        epochs: Passes over the training images that the config makes; None where nobody knows.
        schedule: How long the results were trained, as people read it: '100 epochs', '1x', 'unpublished'.
        scaled: Whether every network of its series has a resolution of its own.
        config: Path in the repository; None for baselines.
        weights: Link to a checkpoint; None where there is none.
        log: Link to the log of the training, or its path; None where there is none.
        colour: 'rgb' or 'bgr', which the weights expect; None without weights.
        baseline: Whether it is quoted for comparison and has no config here.
        note: What else is to be known; None for nothing.
    """

    name: str
    series: str
    variant: str
    detector: str | None
    task: str
    dataset: str | None
    split: str | None
    resolution: str | None
    params: int | None
    macs: int | None
    activations: int | None
    proposals: int | None
    metrics: Mapping[str, float]
    latencies: tuple[Latency, ...]
    provenance: str | None
    source: str | None
    source_url: str | None
    recipe: str | None
    epochs: int | None
    schedule: str | None
    scaled: bool
    config: str | None
    weights: str | None
    log: str | None
    colour: str | None
    baseline: bool
    note: str | None

    @property
    def family(self) -> str:
        """The family that the series belongs to; of others' networks, the series."""
        return find_variant(self.variant).family if self.variant in list_variants() else self.series

    @property
    def evaluated_on(self) -> str | None:
        """The images that the results are for: the data set and its part; None where nobody says."""
        return ' '.join(filter(None, (self.dataset, self.split))) or None

    def as_dict(self) -> dict[str, object]:
        """Its fields as JSON has them: numbers, texts, lists and mappings."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**plain, 'metrics': dict(self.metrics), 'latencies': [asdict(one) for one in self.latencies]}
