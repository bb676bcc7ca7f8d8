"""The tutorials do what they say: their code runs, in order, through the real tools."""

import importlib
import re
import shlex
from pathlib import Path

import pytest

from mmchan.cli import group

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
TUTORIALS = sorted(path for path in (ROOT / 'docs/tutorials').glob('*.md') if path.stem != 'index')
BLOCK = re.compile(
    r'^```(?:\{code-block\} )?(python|shell)\n(?::caption: (\S+)\n\n)?(.*?)^```$', re.MULTILINE | re.DOTALL
)
WRITTEN = {
    'own_folder': ['work_dirs/noise/epoch_1.pth', 'work_dirs/fine_tuned/epoch_1.pth', 'predictions/0.png'],
    'detect': ['work_dirs/squares/epoch_1.pth', 'predictions/predictions.json'],
    'own_widths': ['narrow_rexnet.py'],
}


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A folder that looks like a clone of the repository."""
    for name in ('configs', 'tools'):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def follow(language, caption, code):
    """Do what a reader does with a block: save it under its caption, or run it."""
    if caption:
        Path(caption).write_text(code)
    elif language == 'python':
        exec(code, {})  # noqa: S102 - the tutorial's code
    else:
        for line in code.strip().splitlines():
            run(line)


def run(line):
    """Run a command in this process, because each would import torch and the libraries anew."""
    program, *words = shlex.split(line)
    if program == 'python':
        module = importlib.import_module(f'mmchan.cli.{Path(words[0]).stem}')
        assert Path(words[0]).is_file()
        module.command.main(words[1:], standalone_mode=False)
    else:
        assert program == 'mmchan'
        group.main(words, standalone_mode=False)


def test_all_tutorials_are_followed():
    assert {path.stem for path in TUTORIALS} == set(WRITTEN)


@pytest.mark.parametrize('name', WRITTEN)
def test_tutorial_runs(clone, name):
    text = (ROOT / f'docs/tutorials/{name}.md').read_text()
    blocks = BLOCK.findall(text)
    assert len(blocks) == text.count('\n```python') + text.count('\n```shell') + text.count('{code-block}')
    for block in blocks:
        follow(*block)
    missing = [path for path in WRITTEN[name] if not (clone / path).exists()]
    assert not missing
