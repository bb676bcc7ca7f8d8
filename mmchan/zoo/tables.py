"""Rows of the zoo as Markdown, CSV and JSON, and the tables of README files between markers.

A marked table of a Markdown file looks like this; the options choose its rows and columns::

    <!-- zoo: task=classification folder=regnet columns=params,macs,top1 -->
    …
    <!-- /zoo -->
"""

import csv
import io
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from mmchan.errors import InputError, require_known
from mmchan.files import replacing
from mmchan.zoo.quantities import COSTS, Quantity, columns_of, settings_of
from mmchan.zoo.records import Row, Setting
from mmchan.zoo.rows import rows

FORMATS = ('md', 'csv', 'json')
# what tables tell of a row in words, by the headings
WORDS: Mapping[str, Callable[[Row], str | None]] = MappingProxyType({
    'schedule': lambda row: row.schedule,
    'resolution': lambda row: row.resolution,
    'evaluated on': lambda row: row.evaluated_on,
    'recipe': lambda row: row.recipe,
})  # fmt: skip
CONDITIONS = ('schedule', 'resolution', 'evaluated on')


def markdown(
    chosen: Sequence[Row],
    *,
    columns: Sequence[str] | None = None,
    words: Sequence[str] = CONDITIONS,
    folder: str = '.',
) -> str:
    """Rows as a Markdown table, every row with its source and links.

    Args:
        chosen: Rows as :func:`mmchan.zoo.rows` gives them.
        columns: Keys of the quantities that are shown. None: those that any row has a number for.
        words: Headings of WORDS that are shown.
        folder: Folder of the file that the table goes into, relative to the repository; links start there.

    Returns:
        The table; below costs of two-stage detectors, the number of proposals that they are for.

    Raises:
        InputError: For an unknown column, with the nearest known one.
    """
    numbers = _numbers(chosen, columns)
    headings = ['model', *words, *(number.heading for number in numbers), 'source', 'weights']
    ruler = ['---', *['---'] * len(words), *['---:'] * len(numbers), '---', '---']
    body = [
        [
            _name(row, folder),
            *(WORDS[word](row) or '-' for word in words),
            *(_text(number, row) for number in numbers),
            _source(row),
            _weights(row),
        ]
        for row in chosen
    ]
    lines = ['| ' + ' | '.join(cells) + ' |' for cells in (headings, ruler, *body)]
    with_costs = any(number in COSTS.values() for number in numbers)
    return '\n'.join([*lines, *(_proposals_note(chosen) if with_costs else [])])


def plain(chosen: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """Headings and cells without links, as a terminal shows them."""
    numbers = _numbers(chosen, None)
    headings = ['model', *CONDITIONS, *(number.heading for number in numbers), 'source', 'recipe']
    return headings, [
        [
            _short(row.name),
            *(WORDS[word](row) or '-' for word in CONDITIONS),
            *(_text(one, row) or '-' for one in numbers),
            f'{row.provenance}: {row.source}' if row.provenance else '-',
            row.recipe or '-',
        ]
        for row in chosen
    ]


def _numbers(chosen: Sequence[Row], columns: Sequence[str] | None) -> list[Quantity]:
    """The quantities of columns; of all columns where none are named, those that any row has a number for."""
    known = columns_of(chosen)
    if columns is None:
        return [number for number in known.values() if any(number.of(row) is not None for row in chosen)]
    for name in columns:
        require_known(name, known, 'column')
    return [known[name] for name in columns]


def _text(number: Quantity, row: Row) -> str:
    """The printed number; nothing where the row has none."""
    value = number.of(row)
    return '' if value is None else format(value, number.form)


def _proposals_note(chosen: Sequence[Row]) -> list[str]:
    """The lines that say how many proposals the costs are for; none without a second stage."""
    proposals = {row.name: row.proposals for row in chosen if row.proposals is not None}
    if not proposals:
        return []
    usual = Counter(proposals.values()).most_common(1)[0][0]
    others = [f'{number} ({_short(name)})' for name, number in proposals.items() if number != usual]
    return ['', f'The second stage is counted for {", ".join([str(usual), *others])} proposals.']


def _short(name: str) -> str:
    return name.removeprefix('mmchan_')


def _name(row: Row, folder: str) -> str:
    name = _short(row.name)
    return f'[{name}]({os.path.relpath(row.config, folder)})' if row.config else name


def _source(row: Row) -> str:
    if row.provenance is None:
        return '-'
    where = f'[{row.source}]({row.source_url})' if row.source_url else row.source
    return f'{row.provenance}: {where}'


def _weights(row: Row) -> str:
    return f'[weights]({row.weights})' if row.weights else '-'


def comma_separated(chosen: Sequence[Row]) -> str:
    """Rows as CSV with a heading; metrics and latencies in columns of their own."""
    settings = settings_of(chosen)
    flat = [_flat(row, settings) for row in chosen]
    names = list(dict.fromkeys(name for row in flat for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator='\n')
    writer.writeheader()
    writer.writerows(flat)
    return text.getvalue().rstrip('\n')


def _flat(row: Row, settings: Mapping[str, Setting]) -> dict[str, object]:
    plain = {key: value for key, value in row.as_dict().items() if key not in ('metrics', 'latencies')}
    measured = {key: setting.of(row) for key, setting in settings.items()}
    return {**plain, **row.metrics, **measured}


def table(task: str, form: str, root: Path | None = None) -> str:
    """All rows of a task in one of FORMATS.

    Raises:
        InputError: For an unknown task or format, with the nearest known one.
    """
    require_known(form, FORMATS, 'format')
    chosen = rows(task, root)
    if form == 'json':
        return json.dumps([row.as_dict() for row in chosen], indent=2, ensure_ascii=False)
    return comma_separated(chosen) if form == 'csv' else markdown(chosen, words=[*WORDS])


_MARKED = re.compile(r'(<!-- zoo: (?P<options>[^>]+?) -->\n)(?P<table>.*?)(<!-- /zoo -->)', re.DOTALL)
_CHOICES = {
    'folder': lambda row: Path(row.config or '').parent.name,
    'family': lambda row: row.family,
    'series': lambda row: row.series,
    'dataset': lambda row: row.dataset,
    'provenance': lambda row: (row.provenance or '').replace(' ', '-'),
    'name': lambda row: row.name,
    'detector': lambda row: (row.detector or '').replace(' ', '-'),
    'baseline': lambda row: 'yes' if row.baseline else 'no',
}


def rendered(text: str, *, folder: str, root: Path | None = None) -> str:
    """A Markdown file's text with its marked tables made anew.

    Args:
        text: What the file holds.
        folder: Its folder, relative to the repository.
        root: The repository. None: where our configs are.

    Raises:
        InputError: For an unknown option of a marker, or one that leaves no row.
    """

    def replace(match: re.Match) -> str:
        made = _marked_table(match['options'], folder, root)
        return f'{match[1]}\n{made}\n\n{match[4]}'

    return _MARKED.sub(replace, text)


def _marked_table(text: str, folder: str, root: Path | None) -> str:
    options = dict(option.partition('=')[::2] for option in text.split())
    for name in options:
        require_known(name, ['task', 'columns', *_CHOICES], 'option of a zoo marker')
    chosen = rows(options.get('task', ''), root, measured=())  # a README has what its metafile states
    for name, value in _CHOICES.items():
        if name in options:
            wanted = options[name].split(',')
            chosen = [row for row in chosen if value(row) in wanted]
    if not chosen:
        raise InputError(f'no row of the zoo fits the marker {text!r}')
    columns = options['columns'].split(',') if 'columns' in options else None
    words = CONDITIONS if columns is None else ()
    return markdown(chosen, columns=columns, words=words, folder=folder)


def marked_files(root: Path) -> list[Path]:
    """The Markdown files of a repository that may have marked tables."""
    return [path for form in ('README.md', 'docs/*.md', 'configs/*/README.md') for path in root.glob(form)]


def render_all(root: Path) -> list[Path]:
    """Make the marked tables of all files anew; the files that changed."""
    return [path for path in marked_files(root) if _render_file(path, root)]


def _render_file(path: Path, root: Path) -> bool:
    old, new = old_and_rendered(path, root)
    if new != old:
        with replacing(path) as unfinished:
            unfinished.write_text(new, encoding='utf-8')
    return new != old


def old_and_rendered(path: Path, root: Path) -> tuple[str, str]:
    """What a file holds, and what it would hold with tables made anew."""
    old = path.read_text(encoding='utf-8')
    return old, rendered(old, folder=path.parent.relative_to(root).as_posix(), root=root)
