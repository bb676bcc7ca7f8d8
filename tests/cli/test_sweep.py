"""``mmchan sweep run``, and the page on it."""

import re

import pytest
from click.testing import CliRunner

from mmchan.cli import group
from mmchan.design.sweeps import read_results
from mmchan.design.sweeps.pools import CAUSES, KINDS
from mmchan.design.sweeps.settings import OPTIONAL, REQUIRED
from tests.cli.command_lines import DIGITS, ROOT, mmchan_here, succeeded
from tests.design.sweeps import trial_functions
from tests.pages import run_examples

PAGE = ROOT / 'docs' / 'howto' / 'sweep.md'
FASHION = ROOT / 'configs' / '_base_' / 'recipes' / 'sweep_fashion-mnist_1xb128.py'
CONFIG_BLOCK = re.compile(r'^```python\n(.*?)^```$', re.MULTILINE | re.DOTALL)
CONFIG = f"""
space = dict(name='anynetx_a', macs=(0.36e6, 0.44e6), resolution=8, num_classes=10)
count = 6
train = {str(DIGITS)!r}
epochs = 2
"""


@pytest.fixture
def config(tmp_path, monkeypatch):
    """A sweep config; its trials train nothing."""
    monkeypatch.setattr('mmchan.design.trials.run_trial', trial_functions.drawn)
    path = tmp_path / 'small.py'
    path.write_text(CONFIG)
    return path


def test_sweep_runs_and_then_has_nothing_to_do(config, tmp_path):
    first = succeeded(mmchan_here('sweep', 'run', config, '--pool', 'here', cwd=tmp_path))
    assert 'anynetx_a: 6 of 6 trials, 6 done, 0 failed, best error' in first.stdout
    table = tmp_path / 'work_dirs' / 'sweeps' / 'small' / 'trials.jsonl'
    before = table.read_bytes()
    succeeded(mmchan_here('sweep', 'run', config, '--pool', 'here', cwd=tmp_path))
    assert table.read_bytes() == before
    assert len(read_results(table.parent)) == 6


def test_dry_run_prints_networks_draws_and_time_and_writes_nothing(config, tmp_path):
    done = succeeded(mmchan_here('sweep', 'run', config, '--pool', 'here', '--dry-run', cwd=tmp_path))
    for part in (
        '6 networks, seed 0',
        '6 trials, 12 epochs',
        'draws',
        'removed: macs within',
        'for 6 trials',
    ):
        assert part in done.stdout
    results = re.findall(r'^[0-9a-f]{16} ', done.stdout, re.MULTILINE)
    assert len(results) == 6 + 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ['small.py']


@pytest.mark.parametrize(
    ('added', 'said'),
    [
        ("cfg_options = {'train_dataloader.dataset.splitt': 'train'}", ['splitt', 'every trial']),
        (f'train = {str(FASHION)!r}', ['fashion-mnist does not exist', 'mmchan data fashion-mnist']),
    ],
    ids=['mistyped', 'absent data'],
)
def test_what_would_spoil_every_trial_is_said_before_the_first(config, tmp_path, added, said):
    config.write_text(f'{CONFIG}{added}\n')
    done = mmchan_here('sweep', 'run', config, '--pool', 'here', cwd=tmp_path)
    assert done.returncode == 2
    assert all(part in done.stderr for part in said), done.stderr
    assert not (tmp_path / 'work_dirs' / 'sweeps' / 'small' / 'trials.jsonl').read_bytes()


def test_all_trials_that_fail_are_an_error(config, tmp_path, monkeypatch):
    monkeypatch.setattr('mmchan.design.trials.run_trial', trial_functions.raising)
    done = mmchan_here('sweep', 'run', config, '--pool', 'here', '--work-dir', 'here', cwd=tmp_path)
    assert done.returncode == 1
    assert "failed (error): KeyError: 'no such layer'" in done.stdout
    assert '0 done, 6 failed (error 6)' in done.stdout
    monkeypatch.setattr('mmchan.design.trials.run_trial', trial_functions.drawn)
    options = ('--pool', 'here', '--work-dir', 'here', '--retry-failed')
    again = succeeded(mmchan_here('sweep', 'run', config, *options, cwd=tmp_path))
    assert '6 done, 0 failed' in again.stdout


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--pool', 'rai'], "unknown pool 'rai'; did you mean 'ray'"),
        (['--pool', 'here', '--address', 'auto'], '--address is that of a cluster of Ray'),
        (['--pool', 'processes', '--gpus', '64'], '--gpus must be at most the'),
    ],
)
def test_mistakes_are_a_message(config, tmp_path, options, message):
    done = mmchan_here('sweep', 'run', config, *options, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr


def test_unknown_subcommand_suggests_the_nearest():
    done = CliRunner().invoke(group, ['sweep', 'rum'])
    assert (done.exit_code, "did you mean 'run'" in done.output) == (2, True)


@pytest.mark.slow
def test_page_runs(tmp_path, monkeypatch):
    monkeypatch.setattr('mmchan.design.trials.run_trial', trial_functions.drawn)
    (config,) = CONFIG_BLOCK.findall(PAGE.read_text())
    command, name = re.match(r'# mmchan (sweep run (\S+))', config).groups()
    for folder in ('_base_', 'regnet'):
        (tmp_path / 'configs').mkdir(exist_ok=True)
        (tmp_path / 'configs' / folder).symlink_to(ROOT / 'configs' / folder)
    path = tmp_path / name
    path.parent.mkdir()
    path.write_text(config)
    succeeded(mmchan_here(*command.split(), '--pool', 'here', cwd=tmp_path))
    monkeypatch.chdir(tmp_path)
    count, said = run_examples(PAGE)
    assert count > 0
    assert said == []


def test_page_names_every_setting_and_pool():
    text = PAGE.read_text()
    assert [name for name in (*REQUIRED, *OPTIONAL, *KINDS, *CAUSES) if f'`{name}`' not in text] == []
