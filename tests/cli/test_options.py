"""Command lines in OpenMMLab's spelling reach the engine."""

import os

import click
import pytest
from click.testing import CliRunner
from mmengine.config import Config

from mmchan.cli import options, train
from mmchan.cli import test as test_tool


@click.command(cls=options.ToolCommand)
@options.config_argument
@options.launcher
@options.cfg_options
def echo(config, launcher, cfg_options):
    click.echo(repr((config, launcher, cfg_options)))


def parsed(*args):
    result = CliRunner().invoke(echo, args)
    assert result.exit_code == 0, result.output
    return result.output.strip()


@pytest.fixture
def engine(monkeypatch):
    """What the tools hand to the engine, instead of a run."""
    calls = {}

    def record(name, result=None):
        return lambda *args, **kwargs: calls.update({name: (args, kwargs)}) or result

    for name in ('config_to_train', 'config_to_test'):
        monkeypatch.setattr(f'mmchan.runs.config.{name}', record(name, Config({'work_dir': '.'})))
    for name in ('run_training', 'run_testing'):
        monkeypatch.setattr(f'mmchan.runs.launch.{name}', record(name))
    return calls


@pytest.mark.parametrize(
    'args',
    [
        ('c.py', '--cfg-options', 'a=1', 'b.c=x', 'd=[1,2]'),
        ('--cfg-options', 'a=1', 'b.c=x', 'd=1,2', 'c.py'),
        ('--cfg-options', 'a=1', 'c.py', '--cfg-options', 'b.c=x', '--cfg-options', 'd=[1,2]'),
        ('c.py', '--cfg-options=a=1', '--cfg-options', 'b.c=x', 'd=1,2', '--launcher', 'none'),
    ],
)
def test_cfg_options_in_every_spelling(args):
    assert parsed(*args) == "('c.py', 'none', {'a': 1, 'b.c': 'x', 'd': [1, 2]})"


def test_cfg_options_keep_nested_tuples_and_quotes():
    assert parsed('c.py', '--cfg-options', 'a=[(1,2),(3,4)]', 'b="x=y"').endswith("'b': 'x=y'})")


def test_no_cfg_options_are_none():
    assert parsed('c.py', '--launcher', 'slurm') == "('c.py', 'slurm', None)"


@pytest.mark.parametrize('args', [('c.py', '--cfg-options', 'a'), ('c.py', '--cfg-options'), ('c.py', 'a=1')])
def test_malformed_cfg_options_are_a_usage_error(args):
    result = CliRunner().invoke(echo, args)
    assert result.exit_code == 2
    assert 'Traceback' not in result.output


@pytest.mark.parametrize('spelling', ['--local-rank=3', '--local_rank=3'])
def test_local_rank_is_exported(monkeypatch, spelling):
    monkeypatch.delenv('LOCAL_RANK', raising=False)
    parsed('c.py', spelling)
    assert os.environ.pop('LOCAL_RANK') == '3'


def test_local_rank_of_the_environment_wins(monkeypatch):
    monkeypatch.setenv('LOCAL_RANK', '1')
    parsed('c.py', '--local-rank=3')
    assert os.environ['LOCAL_RANK'] == '1'


@pytest.mark.parametrize(
    ('args', 'resume'),
    [(['c.py'], None), (['c.py', '--resume'], 'auto'), (['--resume', 'a.pth', 'c.py'], 'a.pth')],
    ids=['none', 'auto', 'path'],
)
def test_resume_takes_an_optional_path(monkeypatch, engine, args, resume):
    monkeypatch.setenv('LOCAL_RANK', '0')
    CliRunner().invoke(train.command, args, catch_exceptions=False)
    assert engine['config_to_train'][1]['resume'] == resume


@pytest.mark.parametrize(
    ('args', 'amp'),
    [
        (['c.py'], None),
        (['--amp', 'c.py'], 'auto'),
        (['c.py', '--amp'], 'auto'),
        (['--amp=bf16', 'c.py'], 'bf16'),
        (['c.py', '--amp', 'fp16'], 'fp16'),
    ],
)
def test_amp_takes_an_optional_kind(monkeypatch, engine, args, amp):
    monkeypatch.setenv('LOCAL_RANK', '0')
    CliRunner().invoke(train.command, args, catch_exceptions=False)
    assert engine['config_to_train'][0] == ('c.py',)
    assert engine['config_to_train'][1]['amp'] == amp


def test_train_switches_reach_the_engine(monkeypatch, engine):
    monkeypatch.setenv('LOCAL_RANK', '0')
    switches = ['--amp', '--no-validate', '--auto-scale-lr', '--no-pin-memory', '--no-persistent-workers']
    CliRunner().invoke(
        train.command, ['c.py', '--work-dir', 'w', '--seed', '5', *switches], catch_exceptions=False
    )
    assert engine['config_to_train'] == (
        ('c.py',),
        {
            'work_dir': 'w',
            'resume': None,
            'new_schedule': False,
            'amp': 'auto',
            'fast': False,
            'validate': False,
            'auto_scale_lr': True,
            'seed': 5,
            'pin_memory': False,
            'persistent_workers': False,
            'tensorboard': False,
            'wandb': False,
            'launcher': 'none',
            'cfg_options': None,
        },
    )
    assert engine['run_training'][1] == {'trust': False, 'strict': True, 'cfg_options': None}


def test_test_switches_reach_the_engine(monkeypatch, engine):
    monkeypatch.setenv('LOCAL_RANK', '0')
    line = 'c.py a.pth --out m.json --out-item metrics --tta --show-dir s --interval 3 --trust'
    CliRunner().invoke(test_tool.command, line.split(), catch_exceptions=False)
    args, kwargs = engine['config_to_test']
    assert args == ('c.py', 'a.pth')
    assert {name: kwargs[name] for name in ('tta', 'amp', 'show_dir', 'interval', 'pin_memory')} == {
        'tta': True,
        'amp': None,
        'show_dir': 's',
        'interval': 3,
        'pin_memory': True,
    }
    assert engine['run_testing'][1] == {
        'out': 'm.json',
        'out_item': 'metrics',
        'classwise': False,
        'trust': True,
        'strict': True,
        'cfg_options': None,
    }


def test_out_item_needs_a_file():
    result = CliRunner().invoke(test_tool.command, ['c.py', 'a.pth', '--out-item', 'pred'])
    assert result.exit_code == 2
    assert '--out FILE' in result.output
