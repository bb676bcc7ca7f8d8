"""Everything that the zoo promises, checked: names, configs, links, costs, tables.

Every fault is a finding that says what mends it. Network and torch are not needed, except that
:func:`cost_faults` compares with what :mod:`mmchan.zoo.counting` counts.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path

import yaml

from mmchan.channels import list_variants
from mmchan.errors import InputError
from mmchan.findings import FAIL, Finding
from mmchan.layouts.colours import colour_order
from mmchan.weights.catalogue import published
from mmchan.zoo.comparing import indistinguishable
from mmchan.zoo.latencies import KEPT, kept_latencies
from mmchan.zoo.metafiles import METAFILE, Counted, Entry, metafiles, read_entries
from mmchan.zoo.quantities import METRIC_NAMES
from mmchan.zoo.records import UNPUBLISHED, Latency
from mmchan.zoo.rows import PROVENANCES, networks, rows, series_of_entry
from mmchan.zoo.tables import marked_files, old_and_rendered
from mmchan.zoo.tasks import TASKS

PREFIX = 'mmchan_'
TASK_NAMES = tuple(dict.fromkeys(task.name for task in TASKS.values()))
# folders of configs that describe no model: what is trained, and how, follows from others
NO_MODELS = ('sweeps',)
PRECISIONS = ('fp32', 'tf32', 'fp16', 'bf16', 'int8')
_LATENCY_FIELDS = tuple(field.name for field in fields(Latency))
_URL = re.compile(r'https://[a-z0-9-]+(\.[a-z0-9-]+)+/[^\s<>"\\]*')
_CHECKPOINT = re.compile(r'.+\.(pth|pyth|safetensors)|https://drive\.google\.com/file/d/[\w-]{33}/view')
_NEEDED = ('Backbone', 'Resolution', 'Training Data', 'Recipe')
_SERIES = re.compile('[a-z0-9_]+')


def faults(root: Path) -> list[Finding]:
    """Every fault of a repository's zoo that shows without counting.

    Args:
        root: The repository.

    Returns:
        One finding per fault; none for a sound zoo. Tables and latencies are checked where all entries
        are sound.

    Raises:
        InputError: When a metafile cannot be read at all.
    """
    entries = read_entries(root)
    around = [*name_faults(entries), *config_faults(entries, root), *index_faults(root)]
    around += weights_faults(entries)
    inside = [fault for entry in entries for fault in entry_faults(entry, root)]
    tables = [] if inside else [*row_faults(root), *table_faults(root), *latencies_faults(root)]
    return [*around, *inside, *tables]


def _fault(where: str | Entry, what: str, remedy: str) -> Finding:
    place = f'{where.path}: {where.name}' if isinstance(where, Entry) else where
    return Finding(FAIL, place, what, remedy)


def name_faults(entries: Iterable[Entry]) -> Iterator[Finding]:
    """Names that mmpretrain's hub would refuse or confuse."""
    for name, number in Counter(entry.name for entry in entries).items():
        if number > 1:
            yield _fault(name, f'{number} entries have this name', 'rename all but one')
        if name != name.lower() or not name.startswith(PREFIX):
            yield _fault(name, f'names are lower case and begin with {PREFIX}', 'rename the entry')


def config_faults(entries: Iterable[Entry], root: Path) -> Iterator[Finding]:
    """Configs without an entry, entries without their config, entries of another folder's config."""
    configs = [path for path in root.glob('configs/[!_]*/*.py') if path.parent.name not in NO_MODELS]
    shipped = {path.relative_to(root).as_posix() for path in configs}
    described = set()
    for entry in entries:
        described.add(entry.config)
        if entry.is_baseline:
            if entry.config:
                yield _fault(entry, 'a baseline has no config', f'move it to {METAFILE}')
        elif entry.config not in shipped:
            yield _fault(entry, f'there is no config {entry.config}', 'correct its Config')
        elif Path(entry.config).parent != Path(entry.path).parent:
            yield _fault(entry, f'{entry.config} is of another folder', 'move the entry there')
    for config in sorted(shipped - described):
        yield _fault(config, 'no entry describes it', f'add one to {Path(config).parent}/{METAFILE}')


def index_faults(root: Path) -> Iterator[Finding]:
    """What model-index.yml does not import, or imports in vain."""
    index = yaml.safe_load((root / 'model-index.yml').read_text(encoding='utf-8'))
    imported = set(index.get('Import') or [])
    present = {path.relative_to(root).as_posix() for path in metafiles(root) if path.name == METAFILE}
    for path in sorted(present - imported):
        yield _fault('model-index.yml', f'{path} is not imported', 'add it')
    for path in sorted(imported - present):
        yield _fault('model-index.yml', f'there is no {path}', 'remove it')


def weights_faults(entries: Iterable[Entry]) -> Iterator[Finding]:
    """Published weights (as the families name them) of a network in the zoo that no entry links."""
    described = {entry.metadata('Backbone') for entry in entries}
    linked = {entry.weights for entry in entries}
    for variant, weights in published().items():
        if weights.url and variant in described and weights.url not in linked:
            yield _fault(variant, f'no entry has the Weights {weights.url}', 'correct one of them')


def row_faults(root: Path) -> Iterator[Finding]:
    """Rows that nobody could tell apart in a table."""
    for task in TASKS:
        for first, *others in indistinguishable(rows(task, root, measured=())):
            remedy = 'state what differs: Recipe, Schedule, Resolution, Evaluated On or Source'
            yield _fault(first, f'a table tells it like {", ".join(others)}', remedy)


def latencies_faults(root: Path) -> Iterator[Finding]:
    """Kept latencies of networks that the zoo has no record of, at their resolution."""
    known = set(networks(root))
    for one in kept_latencies(root):
        if (one.network, one.resolution) not in known:
            what = f'the zoo has no record of {one.network} at {one.resolution}'
            yield _fault(KEPT, what, 'measure it again, or remove its latencies')


def entry_faults(entry: Entry, root: Path) -> Iterator[Finding]:
    """What is missing or wrong in one entry."""
    needed = [key for key in _NEEDED if entry.metadata(key) is None]
    if needed:
        yield _fault(entry, f'{", ".join(needed)} missing', 'add to its Metadata')
    if not re.fullmatch(r'\d+x\d+', entry.metadata('Resolution') or '0x0'):
        yield _fault(entry, f'Resolution {entry.metadata("Resolution")!r} is no HEIGHTxWIDTH', 'correct it')
    checks = (_series_faults, _schedule_faults, _result_faults, _latency_faults, _link_faults, _colour_faults)
    for check in checks:
        yield from check(entry)
    yield from _file_faults(entry, root)


def _schedule_faults(entry: Entry) -> Iterator[Finding]:
    if entry.metadata('Epochs') is None and entry.metadata('Schedule') is None:
        yield _fault(entry, 'Epochs missing', f'state them, or Schedule: {UNPUBLISHED}')


def _series_faults(entry: Entry) -> Iterator[Finding]:
    backbone, stated, series = entry.metadata('Backbone'), entry.metadata('Series'), series_of_entry(entry)
    if not _SERIES.fullmatch(series or ''):
        yield _fault(entry, f'Series {series!r} is no name in lower case with underscores', 'state it')
    elif backbone in list_variants() and stated not in (None, series):
        yield _fault(entry, f'Series {stated!r} is not that of {backbone}, {series!r}', 'leave it out')


def _result_faults(entry: Entry) -> Iterator[Finding]:
    if not entry.results:
        remedy = 'add the task and data set, with Metrics: {} where nothing was published'
        yield _fault(entry, 'Results missing', remedy)
    for result in entry.results:
        if result.get('Task') not in TASK_NAMES:
            yield _fault(entry, f'Task {result.get("Task")!r} is unknown', f'use {", ".join(TASK_NAMES)}')
        for name, value in (result.get('Metrics') or {}).items():
            if name not in METRIC_NAMES:
                yield _fault(entry, f'metric {name!r} is unknown', f'use {", ".join(METRIC_NAMES)}')
            elif not (isinstance(value, int | float) and 0 < value <= 100):
                yield _fault(entry, f'{name} must be a percentage, got {value!r}', 'correct it')
    yield from _provenance_faults(entry)


def _provenance_faults(entry: Entry) -> Iterator[Finding]:
    provenance = entry.metadata('Provenance')
    if any(result.get('Metrics') for result in entry.results):
        if provenance not in PROVENANCES:
            yield _fault(entry, f'Provenance {provenance!r} is unknown', f'use {", ".join(PROVENANCES)}')
        if not entry.metadata('Source'):
            yield _fault(entry, 'Source missing', 'say who reports the metrics')
    if provenance in ('paper', 'converted') and not entry.metadata('Source URL'):
        yield _fault(entry, 'Source URL missing', 'say where the metrics are reported')
    if provenance == 'trained here' and not entry.metadata('Training Log'):
        yield _fault(entry, 'Training Log missing', 'trained here needs one')


def _latency_faults(entry: Entry) -> Iterator[Finding]:
    stated = entry.metadata('Latency') or []
    if not (isinstance(stated, list) and all(isinstance(latency, dict) for latency in stated)):
        remedy = f'give the {", ".join(_LATENCY_FIELDS)} of each'
        yield _fault(entry, f'Latency {stated!r} is no list of mappings', remedy)
        return
    wrong = [text for latency in stated for text in _wrong_in(latency)]
    for text in wrong:
        yield _fault(entry, f'Latency {text}', 'correct it')
    settings = Counter(Latency(**latency).setting for latency in stated) if not wrong else {}
    for setting, number in settings.items():
        if number > 1:
            yield _fault(entry, f'{number} latencies are of {setting.heading}', 'leave one')


def _wrong_in(latency: Mapping[str, object]) -> Iterator[str]:
    """What is wrong with one latency."""
    for name in latency.keys() - set(_LATENCY_FIELDS):
        yield f'has an unknown field {name!r}; known: {", ".join(_LATENCY_FIELDS)}'
    if not latency.get('device'):
        yield 'has no device'
    if latency.get('precision') not in (None, *PRECISIONS):
        yield f'precision {latency["precision"]!r} is none of {", ".join(PRECISIONS)}'
    if not _is_positive(latency.get('batch', 1), int):
        yield f'batch must be a number of images, got {latency["batch"]!r}'
    if not _is_positive(latency.get('ms'), int | float):
        yield f'ms must be a time, got {latency.get("ms")!r}'


def _is_positive(value: object, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool) and value > 0


def _link_faults(entry: Entry) -> Iterator[Finding]:
    paper, weights = entry.collection.get('Paper') or {}, entry.weights
    links = {'Source URL': entry.metadata('Source URL'), 'Weights': weights, 'Paper URL': paper.get('URL')}
    for what, link in links.items():
        if link is not None and not _URL.fullmatch(link):
            yield _fault(entry, f'{what} {link!r} is no https address', 'correct it')
    if weights and not _CHECKPOINT.fullmatch(weights):
        yield _fault(entry, f'Weights {weights!r} is no checkpoint', 'link the file')


def _file_faults(entry: Entry, root: Path) -> Iterator[Finding]:
    readme, log = entry.collection.get('README'), entry.metadata('Training Log')
    if not readme or not (root / readme).is_file():
        yield _fault(entry, f'its collection has no README {readme!r}', 'write it')
    if log and not log.startswith('https://') and not (root / log).is_file():
        yield _fault(entry, f'there is no log {log}', 'correct its Training Log')


def _colour_faults(entry: Entry) -> Iterator[Finding]:
    colour = entry.metadata('Colour')
    if entry.weights is None or entry.metadata('Training Data') != 'ImageNet-1k':
        return  # a detector's weights expect what its own training gave it
    try:
        order = colour_order(entry.weights)
    except InputError:  # a source that tells nothing, such as a file store
        order = colour
    if colour != order or colour is None:
        yield _fault(entry, f'Colour is {colour!r}, but its weights expect {order!r}', 'correct it')


def table_faults(root: Path) -> Iterator[Finding]:
    """Marked tables that differ from what the metafiles say."""
    for path in marked_files(root):
        old, new = old_and_rendered(path, root)
        if old != new:
            where = path.relative_to(root).as_posix()
            yield _fault(where, 'its tables are not up to date', 'run: mmchan zoo render')


def cost_faults(counted: Iterable[tuple[Entry, Counted]]) -> Iterator[Finding]:
    """Costs and proposals in metafiles that differ from the counted ones.

    Args:
        counted: Entries with what :func:`mmchan.zoo.counting.count_entries` counts.
    """
    for entry, right in counted:
        if entry.counted != right:
            what = f'it says {_spelled(entry.counted)}, counted are {_spelled(right)}'
            yield _fault(entry, what, 'run: mmchan zoo count')


def _spelled(counted: Counted | None) -> str:
    if counted is None:
        return 'nothing'
    return ', '.join(f'{key} {value}' for key, value in counted.metadata.items())
