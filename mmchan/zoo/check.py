"""Everything that the zoo promises, checked: names, configs, links, costs, tables.

Every fault is one line that ends with what mends it. Network and torch are not needed, except that
:func:`cost_faults` counts and needs what counting needs.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import yaml

from mmchan.channels import Cost, list_variants
from mmchan.errors import InputError
from mmchan.layouts.colours import colour_order
from mmchan.weights.catalogue import published
from mmchan.zoo.metafiles import METAFILE, Entry, metafiles, read_entries
from mmchan.zoo.rows import LATENCIES, METRICS, PROVENANCES
from mmchan.zoo.tables import marked_files, old_and_rendered

PREFIX = 'mmchan_'
TASK_NAMES = ('Image Classification', 'Object Detection', 'Instance Segmentation')
_URL = re.compile(r'https://[a-z0-9-]+(\.[a-z0-9-]+)+/[^\s<>"\\]*')
_CHECKPOINT = re.compile(r'.+\.(pth|pyth|safetensors)|https://drive\.google\.com/file/d/[\w-]{33}/view')
_NEEDED = ('Family', 'Backbone', 'Resolution', 'Training Data', 'Recipe')


def faults(root: Path) -> list[str]:
    """Every fault of a repository's zoo that shows without counting.

    Args:
        root: The repository.

    Returns:
        One line per fault, ending with what mends it; empty for a sound zoo.

    Raises:
        InputError: When a metafile cannot be read at all.
    """
    entries = read_entries(root)
    found = [*name_faults(entries), *config_faults(entries, root), *index_faults(root)]
    found += weights_faults(entries)
    for entry in entries:
        found += (f'{entry.path}: {entry.name}: {fault}' for fault in entry_faults(entry, root))
    return [*found, *table_faults(root)]


def name_faults(entries: Iterable[Entry]) -> Iterator[str]:
    """Names that mmpretrain's hub would refuse or confuse."""
    for name, number in Counter(entry.name for entry in entries).items():
        if number > 1:
            yield f'{name}: {number} entries have this name; rename all but one'
        if name != name.lower() or not name.startswith(PREFIX):
            yield f'{name}: names are lower case and begin with {PREFIX}; rename the entry'


def config_faults(entries: Iterable[Entry], root: Path) -> Iterator[str]:
    """Configs without an entry, entries without their config, entries of another folder's config."""
    shipped = {path.relative_to(root).as_posix() for path in root.glob('configs/[!_]*/*.py')}
    described = set()
    for entry in entries:
        described.add(entry.config)
        if entry.is_baseline:
            if entry.config:
                yield f'{entry.path}: {entry.name}: a baseline has no config; move it to {METAFILE}'
        elif entry.config not in shipped:
            yield f'{entry.path}: {entry.name}: there is no config {entry.config}; correct its Config'
        elif Path(entry.config).parent != Path(entry.path).parent:
            yield f'{entry.path}: {entry.name}: {entry.config} is of another folder; move the entry there'
    for config in sorted(shipped - described):
        yield f'{config}: no entry describes it; add one to {Path(config).parent}/{METAFILE}'


def index_faults(root: Path) -> Iterator[str]:
    """What model-index.yml does not import, or imports in vain."""
    index = yaml.safe_load((root / 'model-index.yml').read_text(encoding='utf-8'))
    imported = set(index.get('Import') or [])
    present = {path.relative_to(root).as_posix() for path in metafiles(root) if path.name == METAFILE}
    for path in sorted(present - imported):
        yield f'model-index.yml: {path} is not imported; add it'
    for path in sorted(imported - present):
        yield f'model-index.yml: there is no {path}; remove it'


def weights_faults(entries: Iterable[Entry]) -> Iterator[str]:
    """Published weights (mmchan/families/*/published.py) of a network in the zoo that no entry links."""
    described = {entry.metadata('Backbone') for entry in entries}
    linked = {entry.weights for entry in entries}
    for variant, weights in published().items():
        if weights.url and variant in described and weights.url not in linked:
            yield f'{variant}: no entry has the Weights {weights.url}; correct one of them'


def entry_faults(entry: Entry, root: Path) -> Iterator[str]:
    """What is missing or wrong in one entry."""
    needed = [key for key in _NEEDED if entry.metadata(key) is None]
    if needed:
        yield f'{", ".join(needed)} missing; add to its Metadata'
    if not re.fullmatch(r'\d+x\d+', entry.metadata('Resolution') or '0x0'):
        yield f'Resolution {entry.metadata("Resolution")!r} is no HEIGHTxWIDTH; correct it'
    backbone, family = entry.metadata('Backbone'), entry.metadata('Family')
    if backbone in list_variants() and not backbone.startswith(f'{family}'):
        yield f'Family {family!r} is not that of {backbone}; correct it'
    yield from _result_faults(entry)
    yield from _provenance_faults(entry, root)
    yield from _link_faults(entry, root)
    unknown = set(entry.metadata('Latency') or {}) - set(LATENCIES)
    if unknown:
        yield f'Latency of {", ".join(sorted(unknown))} is unknown; use {", ".join(LATENCIES)}'


def _result_faults(entry: Entry) -> Iterator[str]:
    if not entry.results:
        yield 'Results missing; add the task and data set, with Metrics: {} where nothing was published'
    for result in entry.results:
        if result.get('Task') not in TASK_NAMES:
            yield f'Task {result.get("Task")!r} is unknown; use {", ".join(TASK_NAMES)}'
        for name, value in (result.get('Metrics') or {}).items():
            if name not in METRICS:
                yield f'metric {name!r} is unknown; use {", ".join(METRICS)}'
            elif not (isinstance(value, int | float) and 0 < value <= 100):
                yield f'{name} must be a percentage, got {value!r}; correct it'


def _provenance_faults(entry: Entry, root: Path) -> Iterator[str]:
    provenance, log = entry.metadata('Provenance'), entry.metadata('Training Log')
    if any(result.get('Metrics') for result in entry.results):
        if provenance not in PROVENANCES:
            yield f'Provenance {provenance!r} is unknown; use {", ".join(PROVENANCES)}'
        if not entry.metadata('Source'):
            yield 'Source missing; say who reports the metrics'
    if provenance in ('paper', 'converted') and not entry.metadata('Source URL'):
        yield 'Source URL missing; say where the metrics are reported'
    if provenance == 'trained here' and not log:
        yield 'Training Log missing; trained here needs one'
    if log and not log.startswith('https://') and not (root / log).is_file():
        yield f'there is no log {log}; correct its Training Log'


def _link_faults(entry: Entry, root: Path) -> Iterator[str]:
    paper, weights = entry.collection.get('Paper') or {}, entry.weights
    links = {'Source URL': entry.metadata('Source URL'), 'Weights': weights, 'Paper URL': paper.get('URL')}
    for what, link in links.items():
        if link is not None and not _URL.fullmatch(link):
            yield f'{what} {link!r} is no https address; correct it'
    if weights and not _CHECKPOINT.fullmatch(weights):
        yield f'Weights {weights!r} is no checkpoint; link the file'
    readme = entry.collection.get('README')
    if not readme or not (root / readme).is_file():
        yield f'its collection has no README {readme!r}; write it'
    yield from _colour_faults(entry)


def _colour_faults(entry: Entry) -> Iterator[str]:
    colour = entry.metadata('Colour')
    if entry.weights is None or entry.metadata('Training Data') != 'ImageNet-1k':
        return  # a detector's weights expect what its own training gave it
    try:
        order = colour_order(entry.weights)
    except InputError:  # a source that tells nothing, such as a file store
        order = colour
    if colour != order or colour is None:
        yield f'Colour is {colour!r}, but its weights expect {order!r}; correct it'


def table_faults(root: Path) -> Iterator[str]:
    """Marked tables that differ from what the metafiles say."""
    for path in marked_files(root):
        old, new = old_and_rendered(path, root)
        if old != new:
            yield f'{path.relative_to(root)}: its tables are not up to date; run: mmchan zoo render'


def cost_faults(counted: Iterable[tuple[Entry, Cost]]) -> Iterator[str]:
    """Costs in metafiles that differ from the counted ones.

    Args:
        counted: Entries with their cost, as :func:`mmchan.zoo.counting.count_entries` gives them.
    """
    for entry, cost in counted:
        if entry.cost != cost:
            wrong = f'it says {_spelled(entry)}, counted are {vars(cost)}'
            yield f'{entry.path}: {entry.name}: {wrong}; run: mmchan zoo count'


def _spelled(entry: Entry) -> Mapping[str, int] | str:
    return 'nothing' if entry.cost is None else vars(entry.cost)
