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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmchan.errors import InputError, require_known
from mmchan.files import replacing
from mmchan.zoo.rows import LATENCIES, METRICS, rows

FORMATS = ('md', 'csv', 'json')
Row = Mapping[str, object]


@dataclass(frozen=True)
class Column:
    """A column of numbers: its heading, its value in a row, how the value is printed."""

    heading: str
    value: Callable[[Row], float | None]
    form: str

    def text(self, row: Row) -> str:
        """The printed value; nothing where the row has none."""
        value = self.value(row)
        return '' if value is None else format(value, self.form)


def _scaled(key: str, unit: float) -> Callable[[Row], float | None]:
    return lambda row: None if row[key] is None else row[key] / unit


def _inside(key: str, name: str) -> Callable[[Row], float | None]:
    return lambda row: (row[key] or {}).get(name)


_AP = {'box_ap': 'box AP', 'box_ap50': 'AP50', 'box_ap75': 'AP75'}
_AP |= {'mask_ap': 'mask AP', 'mask_ap50': 'AP50', 'mask_ap75': 'AP75'}
_HEADINGS = {'top1': 'top-1 (%)', 'top5': 'top-5 (%)', **_AP}
COLUMNS = {
    'params': Column('params (M)', _scaled('params', 1e6), '.2f'),
    'macs': Column('MACs (G)', _scaled('macs', 1e9), '.4g'),
    'activations': Column('activations (M)', _scaled('activations', 1e6), '.4g'),
    **{
        name: Column(_HEADINGS[name], _inside('metrics', name), '.1f' if 'ap' in name else '.2f')
        for name in METRICS.values()
    },
    **{key: Column(name, _inside('latency', key), 'g') for name, key in LATENCIES.items()},
}


def markdown(chosen: Sequence[Row], *, columns: Sequence[str] | None = None, folder: str = '.') -> str:
    """Rows as a Markdown table, every row with its source and links.

    Args:
        chosen: Rows as :func:`mmchan.zoo.rows` gives them.
        columns: Names of the columns of numbers, see COLUMNS. None: those that any row has a value for.
        folder: Folder of the file that the table goes into, relative to the repository; links start there.

    Raises:
        InputError: For an unknown column, with the nearest known one.
    """
    for name in columns or ():
        require_known(name, COLUMNS, 'column')
    numbers = [COLUMNS[name] for name in columns or _filled(chosen)]
    headings = ['model', *(column.heading for column in numbers), 'source', 'weights']
    ruler = ['---', *['---:'] * len(numbers), '---', '---']
    body = [
        [_name(row, folder), *(column.text(row) for column in numbers), _source(row), _weights(row)]
        for row in chosen
    ]
    return '\n'.join('| ' + ' | '.join(cells) + ' |' for cells in (headings, ruler, *body))


def _filled(chosen: Sequence[Row]) -> list[str]:
    return [name for name, column in COLUMNS.items() if any(column.text(row) for row in chosen)]


def _name(row: Row, folder: str) -> str:
    name = row['name'].removeprefix('mmchan_')
    return f'[{name}]({os.path.relpath(row["config"], folder)})' if row['config'] else name


def _source(row: Row) -> str:
    if row['provenance'] is None:
        return '-'
    where = f'[{row["source"]}]({row["source_url"]})' if row['source_url'] else row['source']
    return f'{row["provenance"]}: {where}'


def _weights(row: Row) -> str:
    return f'[weights]({row["weights"]})' if row['weights'] else '-'


def comma_separated(chosen: Sequence[Row]) -> str:
    """Rows as CSV with a heading; metrics and latencies in columns of their own."""
    flat = [_flat(row) for row in chosen]
    names = list(dict.fromkeys(name for row in flat for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator='\n')
    writer.writeheader()
    writer.writerows(flat)
    return text.getvalue().rstrip('\n')


def _flat(row: Row) -> dict[str, object]:
    plain = {key: value for key, value in row.items() if key not in ('metrics', 'latency')}
    return {**plain, **row['metrics'], **(row['latency'] or {})}


def table(task: str, form: str, root: Path | None = None) -> str:
    """All rows of a task in one of FORMATS.

    Raises:
        InputError: For an unknown task or format, with the nearest known one.
    """
    require_known(form, FORMATS, 'format')
    chosen = rows(task, root)
    if form == 'json':
        return json.dumps(chosen, indent=2, ensure_ascii=False)
    return comma_separated(chosen) if form == 'csv' else markdown(chosen)


_MARKED = re.compile(r'(<!-- zoo: (?P<options>[^>]+?) -->\n)(?P<table>.*?)(<!-- /zoo -->)', re.DOTALL)
_CHOICES = {
    'folder': lambda row: Path(row['config'] or '').parent.name,
    'family': lambda row: row['family'],
    'dataset': lambda row: row['dataset'],
    'provenance': lambda row: (row['provenance'] or '').replace(' ', '-'),
    'name': lambda row: row['name'],
    'detector': lambda row: (row['detector'] or '').replace(' ', '-'),
    'baseline': lambda row: 'yes' if row['baseline'] else 'no',
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
    chosen = rows(options.get('task', ''), root)
    for name, value in _CHOICES.items():
        if name in options:
            wanted = options[name].split(',')
            chosen = [row for row in chosen if value(row) in wanted]
    if not chosen:
        raise InputError(f'no row of the zoo fits the marker {text!r}')
    columns = options['columns'].split(',') if 'columns' in options else None
    return markdown(chosen, columns=columns, folder=folder)


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
