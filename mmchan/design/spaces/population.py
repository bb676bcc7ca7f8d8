"""A population: networks that were drawn from a space, as a table.

A table has a row per network and says all that is needed to build it again: ``arch``, which
``mmchan.Backbone`` takes, and beside it what it costs and how it came out. As a file it is JSON Lines: the
first line says what it is, every other line is a network.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from mmchan.channels import NetPlan, find_family
from mmchan.channels.population import arguments_of
from mmchan.design.spaces.network import Realised
from mmchan.design.spaces.space import Space
from mmchan.errors import InputError
from mmchan.files import replacing

FORMAT = 1  # of files
COSTS = ('macs', 'parameters', 'activations')
STAGES = ('widths', 'depths', 'bottleneck_widths', 'group_widths')


@dataclass(frozen=True)
class Drawn:
    """What became of the draws that a population came of.

    Attributes:
        draws: How many there were.
        removed: By constraint how many of those that had passed all before it; the last ones are networks
            that were there already, by another way.
    """

    draws: int
    removed: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        lines = [f'{self.draws:,} draws']
        return '\n'.join(
            [*lines, *(f'{count:>10,} removed: {label}' for label, count in self.removed.items())]
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Population:
    """Networks of a space, N of them, all different.

    Attributes:
        family: Name of their family.
        arguments: The family's parameters by name: (N,), or (N, stages) with NaN behind the last stage, or
            one value that all have in common; as :func:`mmchan.channels.population.count_population` takes
            them.
        ids: Digest of each network, (N,).
        macs: int64, (N,).
        parameters: int64, (N,).
        activations: int64, (N,).
        widths: Output channels of each stage as it came out, int64, (N, stages), 0 behind the last one.
        depths: Blocks of each stage, likewise.
        bottleneck_widths: Channels of each stage's spatial convolutions, likewise.
        group_widths: Channels per group of these, likewise.
        measured: What was measured or predicted, by name, (N,).
        space: Where they are from; None where that cannot be written into a file.
        seed: Of the draws; None where some networks were taken out of those that were drawn.
        drawn: What became of the draws; likewise.
    """

    family: str
    arguments: Mapping[str, object]
    ids: np.ndarray
    macs: np.ndarray
    parameters: np.ndarray
    activations: np.ndarray
    widths: np.ndarray
    depths: np.ndarray
    bottleneck_widths: np.ndarray
    group_widths: np.ndarray
    measured: Mapping[str, np.ndarray] = field(default_factory=dict)
    space: Space | None = None
    seed: int | None = None
    drawn: Drawn | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def varying(self) -> dict[str, np.ndarray]:
        """The parameters that are arrays, not what all networks have in common."""
        return {name: values for name, values in self.arguments.items() if isinstance(values, np.ndarray)}

    def archs(self, networks: Sequence[int] | None = None) -> list[dict[str, object]]:
        """What ``mmchan.Backbone`` and :func:`mmchan.channels.get_plan` take as ``arch``.

        Args:
            networks: Indices; all by default.
        """
        each = arguments_of(self.family, self.arguments, range(len(self)) if networks is None else networks)
        return [{'family': self.family, **arguments} for arguments in each]

    def arch(self, network: int) -> dict[str, object]:
        """The ``arch`` of one network."""
        return self.archs([network])[0]

    def plan(self, network: int) -> NetPlan:
        """The plan of one network."""
        arguments = self.arch(network)
        return find_family(arguments.pop('family')).build_plan(arguments)

    def config(self, network: int) -> dict[str, object]:
        """The backbone of one network for a config of OpenMMLab."""
        return {'type': 'mmchan.Backbone', 'arch': self.arch(network)}

    def take(self, networks: Sequence[int] | slice) -> 'Population':
        """Some of the networks: by indices, a mask or a slice.

        >>> from mmchan.design import spaces
        >>> len(spaces.sample(spaces.get('anynetx_a'), count=5).take([0, 3]))
        2
        """
        columns = {name: getattr(self, name)[networks] for name in ('ids', *COSTS, *STAGES)}
        varying = {name: values[networks] for name, values in self.varying.items()}
        measured = {name: values[networks] for name, values in self.measured.items()}
        return replace(
            self, arguments={**self.arguments, **varying}, measured=measured, drawn=None, seed=None, **columns
        )

    def followed_by(self, *others: 'Population') -> 'Population':
        """These networks and those of other populations of the same space behind them.

        >>> from mmchan.design import spaces
        >>> drawn = spaces.sample(spaces.get('anynetx_a'), count=5)
        >>> both = drawn.take([0]).followed_by(drawn.take([3, 4]))
        >>> both.ids.tolist() == drawn.ids[[0, 3, 4]].tolist()
        True
        """
        parts = (self, *others)
        columns = {name: np.concatenate([getattr(one, name) for one in parts]) for name in ('ids', *COSTS)}
        columns |= {name: _stacked([getattr(one, name) for one in parts], 0) for name in STAGES}
        varying = {name: _stacked([one.varying[name] for one in parts], np.nan) for name in self.varying}
        measured = {name: np.concatenate([one.measured[name] for one in parts]) for name in self.measured}
        arguments = {**self.arguments, **varying}
        return replace(self, arguments=arguments, measured=measured, drawn=None, seed=None, **columns)

    def rows(self) -> Iterator[dict[str, object]]:
        """Every network as plain data: id, costs, stages, what was measured, and ``arch``."""
        costs = [getattr(self, name).tolist() for name in COSTS]
        for index, arch in enumerate(self.archs()):
            row = {'id': str(self.ids[index])}
            row |= {name: column[index] for name, column in zip(COSTS, costs, strict=True)}
            stages = int(np.count_nonzero(self.depths[index]))
            row |= {name: getattr(self, name)[index, :stages].tolist() for name in STAGES}
            row |= {name: float(values[index]) for name, values in self.measured.items()}
            yield {**row, 'arch': arch}

    def table(self) -> np.ndarray:
        """All columns as one structured array (N,); those of parameters have their own names.

        >>> from mmchan.design import spaces
        >>> drawn = spaces.sample(spaces.get('regnetx', macs=(360e6, 400e6)), count=3)
        >>> drawn.table()['w0'].shape, drawn.table()['stage_widths'].shape
        ((3,), (3, 4))
        """
        columns = {'id': self.ids, **{name: getattr(self, name) for name in COSTS}}
        columns |= {f'stage_{name}': getattr(self, name) for name in STAGES}
        columns = {**self.varying, **columns, **self.measured}
        kinds = [(name, values.dtype, values.shape[1:]) for name, values in columns.items()]
        table = np.empty(len(self), dtype=kinds)
        for name, values in columns.items():
            table[name] = values
        return table

    def write(self, path: str | Path) -> None:
        """Write the table as JSON Lines; :func:`mmchan.design.spaces.read` reads it.

        Raises:
            InputError: Where nothing can be written.
        """
        lines = [json.dumps(line) for line in (self._heading(), *self.rows())]
        with replacing(Path(path)) as unfinished:
            unfinished.write_text('\n'.join(lines) + '\n', encoding='utf-8')

    def _heading(self) -> dict[str, object]:
        try:
            space = self.space and self.space.to_config()
        except InputError:  # it has functions, which no file holds
            space = None
        drawn = self.drawn and {'draws': self.drawn.draws, 'removed': dict(self.drawn.removed)}
        return {
            'mmchan': 'population',
            'format': FORMAT,
            'family': self.family,
            'varying': list(self.varying),
            'measured': list(self.measured),
            'seed': self.seed,
            'drawn': drawn,
            'space': space,
        }


def _stacked(columns: Sequence[np.ndarray], filling: float) -> np.ndarray:
    """Columns one below the other; rows that are shorter than others are filled up."""
    if columns[0].ndim == 1:
        return np.concatenate(columns)
    longest = max(column.shape[1] for column in columns)
    widened = [
        np.pad(column, ((0, 0), (0, longest - column.shape[1])), constant_values=filling)
        if column.shape[1] < longest
        else column
        for column in columns
    ]
    return np.concatenate(widened)


def stage_columns(networks: Sequence[Realised]) -> dict[str, np.ndarray]:
    """Identities and stages of networks as columns of a population."""
    longest = max((len(one.depths) for one in networks), default=0)
    columns = {name: np.zeros((len(networks), longest), dtype=np.int64) for name in STAGES}
    for index, network in enumerate(networks):
        for name, column in columns.items():
            values = getattr(network, name)
            column[index, : len(values)] = values
    return {'ids': np.array([one.id for one in networks], dtype=str), **columns}
