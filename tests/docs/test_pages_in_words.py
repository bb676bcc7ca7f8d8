"""The code of docs/migration.md and docs/faq.md runs and shows what the pages say."""

import inspect
import re
from pathlib import Path

import pytest
import timm
import torch
from mmengine.config import Config
from mmengine.registry import MODELS
from mmpretrain.models import RegNet as PretrainRegNet

from mmchan.channels import count, get_plan
from mmchan.models import PlanBackbone
from mmchan.runs.config import load_config
from tests.docs.pages_followed import ROOT, blocks_of, clone, follow

PAGES = {name: (ROOT / f'docs/{name}.md').read_text() for name in ('migration', 'faq')}
TIMM_NAME = re.compile(r'`(regnet[xy]_\d{3}(?:_tv)?|rexnetr?_\d{3})`')
LARGE = 1_000_000_000  # MACs from which on building timm's network takes too long
OUR_NAME = re.compile(r'`((?:regnet[xy]|rexnetr?)-[\w.]+(?:-tv)?)`')


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(clone(tmp_path))
    torch.manual_seed(0)
    return tmp_path


def build(cfg: Config) -> torch.nn.Module:
    """The backbone of a config, without fetching weights."""
    return MODELS.build({**cfg.model.backbone, 'init_cfg': None})


def is_inheriting(code: str) -> bool:
    return code.startswith('_base_')


@pytest.mark.slow
def test_code_of_the_migration_page_runs(place):
    names: dict = {}
    for language, code in blocks_of('migration'):
        if language == 'shell':
            follow(code.strip())
        elif is_inheriting(code):
            Path('inheriting.py').write_text(code)
            assert isinstance(build(load_config('inheriting.py')), PlanBackbone)
        else:
            exec(code, names)  # noqa: S102 - the page's code
            if 'data_preprocessor' in code:
                backbone = MODELS.build(names['backbone'])
                backbone.init_weights()
                assert torch.equal(backbone.conv1.weight, names['theirs'].stem.conv.weight)


def test_code_of_the_questions_runs(place, capsys):
    for language, code in blocks_of('faq'):
        if language == 'python':
            exec(code, {})  # noqa: S102 - the page's code
        elif code.startswith('mmchan show'):
            follow(code.strip())
    assert 'rexnet-1.0x' in capsys.readouterr().out


def test_names_in_the_tables_exist_and_are_the_same_networks():
    rows = [line.split('|')[1:3] for line in PAGES['migration'].splitlines() if line.startswith('| `re')]
    pairs = []
    for theirs, ours in rows:
        named = OUR_NAME.findall(ours)
        pairs += zip(TIMM_NAME.findall(theirs), named, strict=True) if named else ()  # else: not here
    assert len(pairs) >= 14
    for theirs, ours in pairs:
        assert timm.is_model(theirs)
        cost = count(get_plan(ours))
        if cost.macs < LARGE:
            with torch.device('meta'):
                parameters = sum(weight.numel() for weight in timm.create_model(theirs).parameters())
            assert cost.parameters == parameters, (theirs, ours)


def test_mmpretrains_regnet_is_as_the_page_says():
    assert len(PretrainRegNet.arch_settings) == 8
    assert PretrainRegNet('regnetx_400mf').eval() is None
    assert inspect.signature(PretrainRegNet).parameters['zero_init_residual'].default is True


def test_commands_of_the_questions_exist():
    from mmchan.cli import COMMANDS

    named = set(re.findall(r'`?mmchan ([a-z][a-z-]*)[ `]', PAGES['faq'] + PAGES['migration']))
    assert named <= set(COMMANDS)
