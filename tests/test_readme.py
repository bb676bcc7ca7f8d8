"""What the README says is true: its configs build (its table: tests/zoo/test_check.py)."""

import re
from pathlib import Path

import pytest
from mmengine.config import Config

from mmchan.channels import find_variant, weights_url

README = (Path(__file__).parents[1] / 'README.md').read_text()
BLOCKS = re.findall(r'```python\n(.*?)```', README, re.DOTALL)
CONFIGS = [code for code in BLOCKS if '_base_' in code]
WEIGHTS = re.findall(r'^\| \[([^_\]]+)_.*\[weights\]\((\S+)\) \|$', README, re.MULTILINE)
PROGRAMS = [code for code in BLOCKS if code not in CONFIGS]


def test_configs_are_found():
    assert (len(CONFIGS), len(PROGRAMS)) == (2, 2)


@pytest.mark.parametrize(('code', 'library'), list(zip(CONFIGS, ['mmpretrain', 'mmdet'], strict=True)))
def test_config_builds(code, library, tmp_path):
    import importlib

    (tmp_path / 'config.py').write_text(code)
    cfg = Config.fromfile(tmp_path / 'config.py')
    module = importlib.import_module(f'{library}.registry')
    importlib.import_module(f'{library}.utils').register_all_modules(init_default_scope=True)
    model = module.MODELS.build(cfg.model)
    assert type(model.backbone).__module__.startswith('mmchan.')


def test_weights_of_the_table_are_those_that_are_fetched():
    assert WEIGHTS
    for name, url in WEIGHTS:
        assert url == weights_url(find_variant(name).name)


def test_first_program_prints_what_stands_below_it(capsys):
    exec(PROGRAMS[0], {})  # noqa: S102
    *_, names = capsys.readouterr().out.splitlines()  # after the log
    assert f'prints `{names}`' in README


def test_program_names_a_cat_and_a_cup(capsys):
    exec(PROGRAMS[1], {})  # noqa: S102
    *_, cat, cup = capsys.readouterr().out.splitlines()  # after the log
    assert 'tabby' in cat
    assert 'espresso' in cup
    said = (Path(__file__).parents[1] / 'docs/howto/predict.md').read_text()
    named = re.search(r'^chelsea\.png: (.*)$', said, re.MULTILINE)[1]
    assert cat.startswith(str(tuple(re.findall(r'([\w ]+?) \(', named.replace(', ', ',')))))
