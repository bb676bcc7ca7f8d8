"""``mmchan data`` and ``mmchan demo``."""

import pickle

import pytest
import torch
from click.testing import CliRunner

from mmchan.cli import data, demo
from mmchan.data import digits


def test_digits_command_says_what_it_wrote(tmp_path):
    for state in ('wrote', 'already there:'):
        result = CliRunner().invoke(
            data.command, ['digits', '--out', str(tmp_path / 'd')], catch_exceptions=False
        )
        assert result.output == f'{state} {tmp_path}/d: 1437 images to train, 360 to validate, 10 classes\n'


@pytest.fixture
def tools(monkeypatch, tmp_path):
    """Tools that only leave the files which the demo reads; the commands that were run."""
    monkeypatch.chdir(tmp_path)
    commands = []

    def leave_files(root, script, *args):
        commands.append(' '.join(['python', script, *args]))
        folder = tmp_path / args[args.index('--work-dir') + 1]
        if script == 'tools/train.py':
            (folder / '1').mkdir(parents=True)
            (folder / '1' / '1.log').touch()
            (folder / 'last_checkpoint').write_text('/elsewhere/epoch_2.pth')
            (folder / 'epoch_2.pth').touch()
            digits.write_digits(tmp_path / 'data' / 'digits')
        else:
            images = sorted(tmp_path.glob('data/digits/val/*/*.png'))[::9]
            said = {'pred_label': 3, 'pred_score': torch.tensor([0.7])}
            samples = [{'img_path': str(path), 'gt_label': int(path.parent.name), **said} for path in images]
            (folder / 'predictions.pkl').write_bytes(pickle.dumps(samples))

    monkeypatch.setattr(demo, '_run', leave_files)
    return commands


def test_demo_runs_the_tools_and_reports(tools, tmp_path):
    result = CliRunner().invoke(demo.command, ['--work-dir', 'w'], catch_exceptions=False)
    assert tools == [
        f'python tools/train.py {demo.CONFIG} --work-dir w',
        f'python tools/test.py {demo.CONFIG} w/epoch_2.pth --work-dir w --out w/predictions.pkl',
    ]
    lines = dict(line.split(maxsplit=1) for line in result.output.splitlines()[1:])
    assert lines['accuracy'] == '10.00% top-1: 4 of 40 images'
    assert lines['checkpoint'] == 'w/epoch_2.pth'
    assert lines['log'] == 'w/1/1.log'
    assert (tmp_path / lines['picture']).stat().st_size > 10_000


def test_demo_stops_where_a_tool_fails(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo, 'CONFIG', '--no-such-option')
    result = CliRunner().invoke(demo.command, [])
    assert result.exit_code == 1
    assert 'tools/train.py ended with exit code 2' in result.output
