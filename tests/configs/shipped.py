"""The shipped configs by task, loaded once."""

from functools import cache
from pathlib import Path

from mmengine.config import Config

from mmchan.channels.catalogue import inner_families
from mmchan.runs.config import load_config
from mmchan.zoo import Entry, read_entries
from mmchan.zoo.check import NO_MODELS

ROOT = Path(__file__).parents[2]
CONFIGS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.glob('configs/[!_]*/*.py')
    if path.parent.name not in NO_MODELS
)
CLASSIFIERS = tuple(name for name, family in inner_families().items() if family.variants)
BASELINES = ('efficientnet', 'mobilenet_v2')  # classifiers whose recipe on ImageNet is mmpretrain's
DETECTORS = ('cascade_rcnn', 'faster_rcnn', 'mask_rcnn', 'retinanet', 'ssdlite')


def of_folders(folders: tuple[str, ...]) -> list[str]:
    """The configs in some of the folders of configs/."""
    return [path for path in CONFIGS if path.split('/')[1] in folders]


@cache
def load(path: str) -> Config:
    """A shipped config; tests share it and must not change it."""
    return load_config(ROOT / path)


def header(path: str) -> str:
    """The comment that a config opens with, in one line, without the command."""
    lines = (ROOT / path).read_text().splitlines()[1:]
    comment = lines[: next(number for number, line in enumerate(lines) if not line.startswith('#'))]
    return ' '.join(line.lstrip('# ') for line in comment)


def entries_of(path: str) -> list[Entry]:
    """The zoo's entries of a config."""
    return [entry for entry in read_entries(ROOT) if entry.config == path]


def metrics_of(path: str, source: str) -> dict[str, float]:
    """The metrics that a source reports for a config; the name of the source may go on."""
    reported = [entry for entry in entries_of(path) if (entry.metadata('Source') or '').startswith(source)]
    results = [result['Metrics'] for entry in reported for result in entry.results]
    return {name: value for metrics in results for name, value in metrics.items()}
