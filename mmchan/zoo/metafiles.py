"""The metafiles of configs/: OpenMMLab's model-index format, read and written.

``configs/<folder>/metafile.yml`` describes the models that have a config; ``baselines.yml`` beside it
holds, in the same format, rows of others that papers compare with and that have no config here. The
second is not imported by ``model-index.yml``: those rows cannot be built.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from mmchan.channels import Cost
from mmchan.errors import InputError
from mmchan.files import replacing
from mmchan.home import home
from mmchan.zoo.quantities import COSTS

METAFILE, BASELINES = 'metafile.yml', 'baselines.yml'
PROPOSALS = 'Proposals'
_LOADER = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)  # libyaml's is ten times as fast


@dataclass(frozen=True)
class Counted:
    """What is counted, never typed: a model's cost, and for how many proposals of a first stage."""

    cost: Cost
    proposals: int | None = None

    @property
    def metadata(self) -> dict[str, int]:
        """How a metafile spells it."""
        costs = {number.name: getattr(self.cost, number.attribute) for number in COSTS.values()}
        return costs if self.proposals is None else {**costs, PROPOSALS: self.proposals}


@dataclass(frozen=True)
class Entry:
    """A model of a metafile: one set of results, with what was trained, where and by whom.

    Attributes:
        fields: The model as the file has it.
        collection: The collection that it names; what it says of all its models holds for this one.
        path: The file, relative to the repository.
    """

    fields: Mapping[str, object]
    collection: Mapping[str, object]
    path: str

    @property
    def name(self) -> str:
        """The unique name, such as mmchan_rexnet-1.0x_4xb128_in1k."""
        return self.fields['Name']

    @property
    def config(self) -> str | None:
        """Path of the config in the repository; None for baselines."""
        return self.fields.get('Config')

    @property
    def results(self) -> list[Mapping[str, object]]:
        """Tasks with their data set and metrics."""
        return self.fields.get('Results') or []

    @property
    def is_baseline(self) -> bool:
        """Whether the row is quoted for comparison and has no config here."""
        return Path(self.path).name == BASELINES

    @property
    def weights(self) -> str | None:
        """Where the weights are: ready to load, or in the layout of those who published them."""
        return self.fields.get('Weights') or (self.fields.get('Converted From') or {}).get('Weights')

    def metadata(self, key: str) -> object:
        """A field of the model's metadata, else of its collection's, else None."""
        own = self.fields.get('Metadata') or {}
        return own.get(key, (self.collection.get('Metadata') or {}).get(key))

    @property
    def size(self) -> tuple[int, int] | None:
        """Height and width of the image that the cost is for."""
        text = self.metadata('Resolution')
        if text is None:
            return None
        height, _, width = text.partition('x')
        return int(height), int(width)

    @property
    def counted(self) -> Counted | None:
        """The cost and the proposals that the file states; None unless it states all of the cost."""
        stated = {number.attribute: self.metadata(number.name) for number in COSTS.values()}
        return None if None in stated.values() else Counted(Cost(**stated), self.metadata(PROPOSALS))


def metafiles(root: Path) -> list[Path]:
    """The metafiles below a repository, baselines behind the models of their folder."""
    found = [path for name in (METAFILE, BASELINES) for path in root.glob(f'configs/*/{name}')]
    return sorted(found, key=lambda path: (path.parent.name, path.name != METAFILE))


def read_entries(root: Path | None = None) -> list[Entry]:
    """Every model and baseline of the zoo, in the order of the files.

    Args:
        root: The repository. None: where our configs are.

    Raises:
        InputError: When a metafile is no YAML, or a model names no collection of its file.
    """
    root = root or home()
    return [entry for path in metafiles(root) for entry in _read(root, path, path.stat().st_mtime_ns)]


@functools.lru_cache(maxsize=64)
def _read(root: Path, path: Path, changed: int) -> tuple[Entry, ...]:
    """The entries of a file as it was when it last changed; a table reads all of them."""
    return tuple(_entries(root, path))


def _entries(root: Path, path: Path) -> list[Entry]:
    content, name = read_metafile(path), path.relative_to(root).as_posix()
    collections = {collection['Name']: collection for collection in content.get('Collections') or []}
    entries = []
    for number, fields in enumerate(content.get('Models') or []):
        collection = collections.get(fields.get('In Collection'))
        if 'Name' not in fields or collection is None:
            raise InputError(
                f'model {number} of {name} must have a Name and be In Collection {" or ".join(collections)}, '
                f'got {fields.get("Name")!r} in {fields.get("In Collection")!r}'
            )
        entries.append(Entry(fields, collection, name))
    return entries


def read_metafile(path: Path) -> dict[str, list]:
    """The content of one metafile.

    Raises:
        InputError: When the file is no YAML or holds no mapping.
    """
    try:
        content = yaml.load(path.read_text(encoding='utf-8'), Loader=_LOADER)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise InputError(f'{path} is no valid YAML: {error}') from error
    if not isinstance(content, dict):
        raise InputError(f'{path} must hold Collections and Models, got {type(content).__name__}')
    return content


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, as OpenMMLab's metafiles do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


def write_metafile(path: Path, content: Mapping[str, list]) -> None:
    """Write a metafile whole or not at all; the comment that it opens with stays."""
    lines = path.read_text(encoding='utf-8').splitlines(keepends=True) if path.exists() else []
    header = lines[: next((number for number, line in enumerate(lines) if line[0] != '#'), len(lines))]
    text = yaml.dump(dict(content), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
    with replacing(path) as unfinished:
        unfinished.write_text(''.join(header) + text, encoding='utf-8')


def with_counted(content: Mapping[str, list], counted: Mapping[str, Counted]) -> dict[str, list]:
    """A metafile's content with other costs.

    Args:
        content: The content of the file.
        counted: Name of a model -> what was counted; models that are not named stay as they are.
    """
    models = [_with_counted(model, counted.get(model['Name'])) for model in content.get('Models') or []]
    return {**content, 'Models': models}


def _with_counted(model: Mapping[str, object], counted: Counted | None) -> dict[str, object]:
    if counted is None:
        return dict(model)
    stale = (*(number.name for number in COSTS.values()), PROPOSALS)
    kept = {key: value for key, value in (model.get('Metadata') or {}).items() if key not in stale}
    return {**model, 'Metadata': {**kept, **counted.metadata}}
