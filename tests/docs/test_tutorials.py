"""The tutorials do what they say: their code runs, in order, by the real tools, and prints what it should."""

import contextlib
import importlib
import io
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import mmchan
from mmchan.cli import group
from mmchan.errors import InputError
from tests.outside import forgotten, look_again

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
TUTORIALS = sorted(path for path in (ROOT / 'docs/tutorials').glob('*.md') if path.stem != 'index')
OPENING = r'^```(?:\{code-block\} )?(python|shell|toml|text)\n(?::caption: (\S+)\n\n)?'
BLOCK = re.compile(f'{OPENING}(.*?)^```$', re.MULTILINE | re.DOTALL)
WRITTEN = {
    'own_folder': ['work_dirs/noise/epoch_3.pth', 'work_dirs/fine_tuned/epoch_1.pth', 'predictions/0.png'],
    'detect': ['work_dirs/squares/epoch_1.pth', 'predictions/predictions.json'],
    'own_widths': ['narrow_rexnet.py', 'widths.svg'],
    'design': ['work_dirs/sweeps/free/report/report.html', 'work_dirs/best-1/epoch_1.pth'],
    'own_family': ['work_dirs/geometric_digits/epoch_1.pth', 'widths.svg'],
}
LEARNED = re.compile(
    r'(train|test)\.py|mmchan (predict|sweep|search)'
)  # what prints times, or scores that differ by CPU
SHORT = '--no-validate --cfg-options train_cfg.max_epochs=1 train_dataloader.dataset.indices=4'
SHORTENED = {  # minutes of training, cut to an iteration; what comes of it is not compared
    'detect': {'train.py squares.py': f'train.py squares.py {SHORT}', 'epoch_30': 'epoch_1'}
}
PACKAGES = Path('site-packages')  # of the clone; what pip installs goes there


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A folder that looks like a clone of the repository."""
    for name in ('configs', 'tools'):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path / PACKAGES)
    with forgotten('geometric'):
        yield tmp_path


def follow(language, caption, code):
    """Do what a reader does with a block: save it under its caption, or run it; what it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        execute(language, caption, code)
    return printed.getvalue()


def execute(language, caption, code):
    if caption:
        Path(caption).parent.mkdir(exist_ok=True)
        Path(caption).write_text(code)
    elif language == 'python':
        exec(code, {})  # noqa: S102 - the tutorial's code
    else:
        for line in code.strip().splitlines():
            run(line)


def run(line):
    """Run a command in this process, because each would import torch and the libraries anew."""
    program, *words = shlex.split(line)
    if program == 'pip':
        install(words)
    elif program == 'python':
        module = importlib.import_module(f'mmchan.cli.{Path(words[0]).stem}')
        assert Path(words[0]).is_file()
        module.command.main(words[1:], standalone_mode=False)
    else:
        assert program == 'mmchan'
        group.main(words, standalone_mode=False)


def install(words):
    """Install without a network, for this test alone."""
    alone = ['--quiet', '--no-index', '--no-deps', '--target', str(PACKAGES)]
    subprocess.run([sys.executable, '-m', 'pip', *words, *alone], check=True)
    importlib.invalidate_caches()
    look_again()


def test_all_tutorials_are_followed():
    assert {path.stem for path in TUTORIALS} == set(WRITTEN)


def blocks_of(name):
    text = (ROOT / f'docs/tutorials/{name}.md').read_text()
    blocks = BLOCK.findall(text)
    openings = ('\n```python', '\n```shell', '\n```text', '{code-block}')
    assert len(blocks) == sum(map(text.count, openings))
    return blocks


def check_printed(shown, printed, *, learned):
    """The shown lines were printed in this order; … is what is left out, learned numbers may be others."""
    place = 0
    for line in filter(str.strip, shown.replace('…', '\0').splitlines()):
        pattern = re.escape(line.strip()).replace('\\\0', '.*').replace('\0', '.*')
        pattern = re.sub(r'(\\ )+', r'\\s+', pattern)
        pattern = re.sub(r'\d+', r'\\d+', pattern) if learned else pattern
        found = re.compile(pattern).search(printed, place)
        assert found, f'{line!r} was not printed behind {printed[:place][-200:]!r}: {printed[place:]}'
        place = found.end()


@pytest.mark.parametrize('name', WRITTEN)
def test_tutorial_runs(clone, name):
    printed, learned = '', False
    for language, caption, code in blocks_of(name):
        for whole, short in SHORTENED.get(name, {}).items():
            code = code.replace(whole, short)
        if language == 'text' and name not in SHORTENED:
            check_printed(code, printed, learned=learned)
        elif language != 'text':
            printed, learned = follow(language, caption, code), bool(LEARNED.search(code))
    missing = [path for path in WRITTEN[name] if not (clone / path).exists()]
    assert not missing
    if name == 'own_family':
        check_own_family(clone / 'work_dirs/geometric_digits/epoch_1.pth')


def check_own_family(checkpoint):
    """The family has what the tutorial says, and lacks the rest politely."""
    assert mmchan.get_model('geometric-1.2', pretrained=checkpoint).head.fc.out_features == 10
    group.main(['convert', str(checkpoint), 'ours.pth', '--to', 'mmchan'], standalone_mode=False)
    with pytest.raises(InputError, match="unknown layout of geometric-1.2 'timm'; known: mmchan"):
        group.main(['convert', str(checkpoint), 'theirs.pth', '--to', 'timm'], standalone_mode=False)
    with pytest.raises(InputError, match='geometric-1.2 has no public weights; the nearest variant that has'):
        mmchan.get_model('geometric-1.2', pretrained=True)
    with pytest.raises(InputError, match=re.escape('ratio must be >= 1, got 0.5')):
        mmchan.get_model({'family': 'geometric', 'ratio': 0.5})


def test_own_family_takes_less_than_60_lines():
    code = (code for language, _, code in blocks_of('own_family') if language != 'text')
    assert sum(block.count('\n') for block in code) < 60
