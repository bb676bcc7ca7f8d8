"""The zoo as rows: what tables, drawings and the site read."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mmchan.channels import find_variant, list_variants
from mmchan.home import home
from mmchan.measure.latencies import Measured
from mmchan.zoo.comparing import SPLITS, schedule_of, with_scaled
from mmchan.zoo.latencies import kept_latencies
from mmchan.zoo.metafiles import Entry, read_entries
from mmchan.zoo.quantities import COSTS, METRIC_NAMES
from mmchan.zoo.records import Latency, Row
from mmchan.zoo.tasks import CLASSIFICATION, DETECTION, SEGMENTATION, TASKS, TRANSFER, find_task

# data sets that networks of ImageNet are fine-tuned on
TRANSFER_DATASETS = ('Food-101', 'Stanford Cars', 'FGVC-Aircraft', 'Oxford Flowers-102')
PROVENANCES = {
    'paper': 'as reported by those who trained the network: its paper or their model zoo',
    'converted': 'published weights, evaluated by the source that is named',
    'trained here': 'trained with this repository; the log is linked',
    'smoke': 'trained here in minutes on embedded data, to show that everything works',
}


def rows(task: str, root: Path | None = None, *, measured: Sequence[Measured] | None = None) -> list[Row]:
    """The rows of one task.

    Args:
        task: One of TASKS, also with spaces or hyphens; 'segmentation' is short for
            'instance_segmentation'.
        root: The repository. None: where our configs are.
        measured: Latencies beside those that the metafiles state. None: those that the repository keeps.

    Raises:
        InputError: For an unknown task, with the nearest known one.
    """
    key = find_task(task)
    found = with_scaled([row(entry) for entry in read_entries(root) if task_of(entry) == key])
    return with_latencies(found, kept_latencies(root or home()) if measured is None else measured)


def with_latencies(found: Sequence[Row], measured: Sequence[Measured]) -> list[Row]:
    """Rows with what was measured of their networks at their resolution, behind what they have."""
    by_network: dict[tuple[str, str], list[Latency]] = {}
    for one in measured:
        latency = Latency(one.device, one.runtime, one.precision, one.batch, one.ms)
        by_network.setdefault((one.network, one.resolution), []).append(latency)
    return [
        replace(one, latencies=(*one.latencies, *by_network.get((network_of(one), one.resolution), ())))
        for one in found
    ]


def network_of(row: Row) -> str | None:
    """How files of latencies name a row's network: by its variant on ImageNet, else by its config."""
    named = row.dataset == 'ImageNet-1k' and row.variant in list_variants()
    return row.variant if named else row.config


def task_of(entry: Entry) -> str:
    """The task whose table an entry belongs to; a detector with masks belongs to segmentation alone."""
    names = {result['Task'] for result in entry.results}
    for task in (SEGMENTATION, DETECTION):
        if TASKS[task].name in names:
            return task
    return TRANSFER if dataset_of(entry) in TRANSFER_DATASETS else CLASSIFICATION


def dataset_of(entry: Entry) -> str | None:
    """The data set that the results are for."""
    return entry.results[0]['Dataset'] if entry.results else None


def series_of_entry(entry: Entry) -> str | None:
    """The series of an entry's backbone: ours follows from the variant, that of others is stated."""
    backbone = entry.metadata('Backbone')
    return find_variant(backbone).series if backbone in list_variants() else entry.metadata('Series')


def networks(root: Path | None = None) -> list[tuple[str, str]]:
    """The networks of the zoo as files of latencies name them, with the resolutions of their tests."""
    found = [row(entry) for entry in read_entries(root)]
    pairs = [(network_of(one), one.resolution) for one in found]
    return list(dict.fromkeys(pair for pair in pairs if None not in pair))


def row(entry: Entry) -> Row:
    """One entry of the zoo as a row; its neighbours tell whether its series is ``scaled``."""
    task, metadata = task_of(entry), entry.metadata
    dataset, detects = dataset_of(entry), task in (DETECTION, SEGMENTATION)
    stated = {name: value for result in entry.results for name, value in result['Metrics'].items()}
    return Row(
        name=entry.name,
        series=series_of_entry(entry),
        variant=metadata('Backbone'),
        detector=entry.collection['Name'] if detects else None,
        task=task,
        dataset=dataset,
        split=metadata('Evaluated On') or SPLITS.get(dataset),
        resolution=metadata('Resolution'),
        **{cost.key: metadata(cost.name) for cost in COSTS.values()},
        proposals=metadata('Proposals'),
        metrics={METRIC_NAMES[name].key: value for name, value in stated.items()},
        latencies=tuple(Latency(**latency) for latency in metadata('Latency') or ()),
        provenance=metadata('Provenance'),
        source=metadata('Source'),
        source_url=metadata('Source URL'),
        recipe=metadata('Recipe'),
        epochs=metadata('Epochs'),
        schedule=schedule_of(metadata('Schedule'), metadata('Epochs'), detector=detects),
        scaled=False,
        config=entry.config,
        weights=entry.weights,
        log=metadata('Training Log'),
        colour=metadata('Colour'),
        baseline=entry.is_baseline,
        note=metadata('Note'),
    )
