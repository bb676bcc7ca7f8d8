"""Each network that was judged, as a report shows it: what it costs, how it came out, its config."""

from pprint import pformat

from mmchan.design.fitting import LineFits
from mmchan.design.reports.parameters import COSTS, columns
from mmchan.design.reports.plain import plain
from mmchan.design.reports.samples import Sample
from mmchan.design.spaces import Population
from mmchan.design.spaces.population import STAGES

CONFIG = """arch = {arch}
model = dict(
    backbone=dict(_delete_=True, type='mmchan.Backbone', arch=arch),
    head=dict(in_channels={channels}),
)
"""


def networks(sample: Sample, fits: LineFits) -> list[dict[str, object]]:
    """The networks of a sample, in its order.

    Args:
        sample: The networks.
        fits: Lines of all networks of the population.
    """
    population = sample.results.population
    values = columns(population)
    archs = population.archs(sample.networks.tolist())
    return [
        plain(
            {
                'id': population.ids[index],
                'error': sample.errors[place],
                'spread': sample.spread[place],
                'trials': sample.trials[place],
                'failed': sample.failed[place],
                **{name: getattr(population, name)[index] for name in COSTS},
                'fit': fits.errors[index],
                **_stages(population, index),
                'values': {name: column[index] for name, column in values.items()},
                'config': config(arch, population.plan(index).out_widths[-1]),
            }
        )
        for place, (index, arch) in enumerate(zip(sample.networks, archs, strict=True))
    ]


def config(arch: dict[str, object], channels: int) -> str:
    """What a config says to have a network.

    >>> print(config({'family': 'regnet', 'w0': 24, 'depth': 13}, 368).splitlines()[0])
    arch = {'family': 'regnet', 'w0': 24, 'depth': 13}
    """
    return CONFIG.format(arch=pformat(arch, width=100, sort_dicts=False), channels=channels)


def _stages(population: Population, index: int) -> dict[str, object]:
    stages = int((population.depths[index] > 0).sum())
    return {name: getattr(population, name)[index, :stages] for name in STAGES}
