"""Follows the code blocks of a page as a reader would, in this process."""

import os
import re
import runpy
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mmchan.cli import group
from tests import mmengine_globals

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r'^```(python|shell)\n(.*?)^```$', re.MULTILINE | re.DOTALL)
SET = re.compile(r'export (\w+)=(?:\$\(python -c "(.*)"\)|(\S+))')


def blocks_of(name: str) -> list[tuple[str, str]]:
    """Language and text of a page's blocks."""
    text = (ROOT / 'docs' / f'{name}.md').read_text()
    blocks = BLOCK.findall(text)
    assert len(blocks) == text.count('\n```python\n') + text.count('\n```shell\n')
    return blocks


def commands_of(code: str) -> list[str]:
    """The commands of a block for the shell, one each, without comments."""
    lines = code.replace('\\\n', '').splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith('#')]


def clone(folder: Path) -> Path:
    """A folder that looks like a clone of the repository."""
    for name in ('configs', 'tools'):
        (folder / name).symlink_to(ROOT / name)
    return folder


def follow(line: str, more: Callable[[list[str]], list[str]] = list) -> None:
    """Run one command: of ours, a script of tools/, or one of a library's own.

    Args:
        line: As the page has it.
        more: Makes the words of a command smaller jobs.
    """
    setting = SET.fullmatch(line)
    if setting:
        name, code, value = setting.groups()
        os.environ[name] = printed(code) if code else os.path.expandvars(value)
        return
    program, *words = [os.path.expandvars(word) for word in shlex.split(line)]
    words = [
        found for word in words for found in (sorted(map(str, Path().glob(word))) if '*' in word else [word])
    ]
    try:
        if program == 'mmchan':
            group.main(more(words), standalone_mode=False)
        else:
            assert program == 'python'
            run_script(*more(words))
    finally:
        mmengine_globals.forget()


def run_script(*words: str) -> None:
    """Run a script with its arguments; ours too, which are commands of mmchan."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, 'argv', list(words))
        patch.setenv('LOCAL_RANK', '0')
        try:
            runpy.run_path(words[0], run_name='__main__')
        except SystemExit as end:
            if end.code:
                pytest.fail(f'{words} ended with {end.code}')


def printed(code: str) -> str:
    """What a line of Python prints."""
    found = re.fullmatch(r'(.*); print\((.*)\)', code)
    names: dict = {}
    exec(found.group(1), names)  # noqa: S102 - the page's code
    return str(eval(found.group(2), names))  # noqa: S307
