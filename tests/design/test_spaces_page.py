"""The page on spaces prints what its code gives, and the benchmark of spaces what it measured."""

import doctest
import json
import re

from click.testing import CliRunner

from mmchan.design import spaces
from tests.benchmark_scripts import load
from tests.cli.command_lines import ROOT
from tests.pages import run_examples

PAGE = ROOT / 'docs' / 'howto' / 'spaces.md'
CONFIG = re.compile(r'^```python\n(.*?)^```$', re.MULTILINE | re.DOTALL)
BENCHMARK = load('spaces')
KEPT = json.loads(BENCHMARK.RESULT.read_text())


def test_page_prints_what_its_code_gives(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    count, said = run_examples(PAGE)
    assert count > 10
    assert said == []


def test_config_on_the_page_is_the_space_above_it():
    (config,) = CONFIG.findall(PAGE.read_text())
    read = spaces.Space.from_config(eval(config))  # noqa: S307 - the page's code
    namespace = {'spaces': spaces}
    parser = doctest.DocTestParser()
    (made,) = [one.source for one in parser.get_examples(PAGE.read_text()) if one.source.startswith('narrow')]
    exec(made, namespace)  # noqa: S102 - the page's code
    assert read.to_config() == namespace['narrow'].to_config()


def test_page_names_every_law_and_constraint():
    text = PAGE.read_text()
    kinds = [name for name in spaces.__all__ if isinstance(getattr(spaces, name), type)]
    others = {'Constraint', 'Drawn', 'Explanation', 'Law', 'Population', 'RowLaw'}
    assert {name for name in kinds if f'`{name}`' not in text and f'spaces.{name}' not in text} == others


def test_benchmark_times_every_space(tmp_path):
    options = ['--networks', '3', '--draws', '2000', '--out', str(tmp_path / 'result.json')]
    printed = CliRunner().invoke(BENCHMARK.main, options, catch_exceptions=False)
    result = json.loads((tmp_path / 'result.json').read_text())
    assert result.keys() == KEPT.keys()
    assert [row['space'] for row in result['spaces']] == spaces.names()
    assert all(name in printed.output for name in spaces.names())


def test_kept_benchmark_is_of_all_spaces_and_quick_enough():
    rows = {row['space']: row for row in KEPT['spaces']}
    assert list(rows) == spaces.names()
    assert {name: most for name, most in BENCHMARK.LIMITS.items() if rows[name]['seconds'] > most} == {}
