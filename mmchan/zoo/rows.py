"""The zoo as plain rows: what tables, drawings and the site read."""

from pathlib import Path

from mmchan.errors import require_known
from mmchan.zoo.metafiles import Entry, read_entries

CLASSIFICATION, DETECTION = 'classification', 'detection'
SEGMENTATION, TRANSFER = 'instance segmentation', 'transfer'
TASKS = (CLASSIFICATION, DETECTION, SEGMENTATION, TRANSFER)
ALIASES = {'segmentation': SEGMENTATION}
# data sets that networks of ImageNet are fine-tuned on
TRANSFER_DATASETS = ('Food-101', 'Stanford Cars', 'FGVC-Aircraft', 'Oxford Flowers-102')
PROVENANCES = {
    'paper': 'as reported by those who trained the network: its paper or their model zoo',
    'converted': 'published weights, evaluated by the source that is named',
    'trained here': 'trained with this repository; the log is linked',
    'smoke': 'trained here in minutes on embedded data, to show that everything works',
}
METRICS = {
    'Top 1 Accuracy': 'top1',
    'Top 5 Accuracy': 'top5',
    'box AP': 'box_ap',
    'box AP@0.5': 'box_ap50',
    'box AP@0.75': 'box_ap75',
    'mask AP': 'mask_ap',
    'mask AP@0.5': 'mask_ap50',
    'mask AP@0.75': 'mask_ap75',
}
LATENCIES = {'CPU ms': 'cpu_ms', 'V100 ms': 'v100_ms', 'M40 ms': 'm40_ms'}  # batch 1 on CPU, 64 on GPU


def rows(task: str, root: Path | None = None) -> list[dict[str, object]]:
    """The rows of one task.

    Args:
        task: One of TASKS; 'segmentation' is short for 'instance segmentation'.
        root: The repository. None: where our configs are.

    Returns:
        One mapping per row: name; family and variant of the backbone; detector (None for classifiers);
        task; dataset; resolution ('224x224', height first); params, macs, activations (of one image; None
        where nobody counted); metrics in % (top1, top5, box_ap, box_ap50, box_ap75, mask_ap, …); latency
        in ms (cpu_ms, v100_ms, m40_ms) or None; provenance (a key of PROVENANCES); source and source_url
        of the metrics; recipe; config (path in the repository), weights and log (None where there are
        none); colour ('rgb', 'bgr' or None) that the weights expect; baseline (quoted for comparison);
        note (None or a warning).

    Raises:
        InputError: For an unknown task, with the nearest known one.
    """
    task = ALIASES.get(task, task)
    require_known(task, [*TASKS, *ALIASES], 'task')
    return [row(entry) for entry in read_entries(root) if task_of(entry) == task]


def task_of(entry: Entry) -> str:
    """The task whose table an entry belongs to; a detector with masks belongs to segmentation alone."""
    tasks = {result['Task'] for result in entry.results}
    if 'Instance Segmentation' in tasks:
        return SEGMENTATION
    if 'Object Detection' in tasks:
        return DETECTION
    return TRANSFER if dataset_of(entry) in TRANSFER_DATASETS else CLASSIFICATION


def dataset_of(entry: Entry) -> str | None:
    """The data set that the results are for."""
    return entry.results[0]['Dataset'] if entry.results else None


def row(entry: Entry) -> dict[str, object]:
    """One entry of the zoo as :func:`rows` describes it."""
    task, metadata = task_of(entry), entry.metadata
    stated = {name: value for result in entry.results for name, value in result['Metrics'].items()}
    latency = metadata('Latency') or {}
    return {
        'name': entry.name,
        'family': metadata('Family'),
        'variant': metadata('Backbone'),
        'detector': entry.collection['Name'] if task in (DETECTION, SEGMENTATION) else None,
        'task': task,
        'dataset': dataset_of(entry),
        'resolution': metadata('Resolution'),
        'params': metadata('Parameters'),
        'macs': metadata('FLOPs'),
        'activations': metadata('Activations'),
        'metrics': {METRICS[name]: value for name, value in stated.items()},
        'latency': {LATENCIES[name]: value for name, value in latency.items()} or None,
        'provenance': metadata('Provenance'),
        'source': metadata('Source'),
        'source_url': metadata('Source URL'),
        'recipe': metadata('Recipe'),
        'config': entry.config,
        'weights': entry.weights,
        'log': metadata('Training Log'),
        'colour': metadata('Colour'),
        'baseline': entry.is_baseline,
        'note': metadata('Note'),
    }
