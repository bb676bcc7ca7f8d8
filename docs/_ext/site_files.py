"""Where the repository is, and how files of the site are written: whole or not at all."""

import json
from pathlib import Path

from mmchan.files import replacing

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / 'benchmarks' / 'results'


def write(path: Path, text: str) -> None:
    """Write a text."""
    with replacing(path) as unfinished:
        unfinished.write_text(text, encoding='utf-8')


def write_script(path: Path, name: str, value: object) -> None:
    """Write a script that assigns a value to ``mmchan.<name>``."""
    text = json.dumps(value, ensure_ascii=False, separators=(',', ':'))
    write(path, f'window.mmchan ??= {{}};\nwindow.mmchan.{name} = {text};\n')
