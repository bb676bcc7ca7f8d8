"""``mmchan demo-coco`` and ``mmchan data digits-coco``, with tools that only leave their files."""

import json

import pytest
from click.testing import CliRunner

from mmchan.cli import data, demo, demo_coco
from mmchan.data import digits_coco
from tests import coco_data

METRICS = {f'coco/{kind}_{name}': 0.5 for kind in ('bbox', 'segm') for name in demo_coco.COLUMNS.values()}


@pytest.fixture(autouse=True)
def few(monkeypatch, tmp_path):
    monkeypatch.setattr(digits_coco, 'COUNTS', coco_data.COUNTS)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def tools(monkeypatch, tmp_path):
    """Tools that find exactly what there is; the commands that were run."""
    commands = []

    def leave_files(root, script, *args):
        commands.append(' '.join(['python', script, *args]))
        folder = tmp_path / args[args.index('--work-dir') + 1]
        if script == 'tools/train.py':
            (folder / '1').mkdir(parents=True)
            (folder / '1' / '1.log').touch()
            (folder / 'last_checkpoint').write_text('/elsewhere/epoch_2.pth')
            (folder / 'epoch_2.pth').touch()
            digits_coco.write_digits_coco(tmp_path / 'data' / 'digits-coco')
            return
        (folder / '2').mkdir()
        (folder / '2' / '2.json').write_text(json.dumps({**METRICS, 'coco/segm_mAP': 0.25}) + '\n')
        truth = coco_data.read(tmp_path / 'data' / 'digits-coco', 'val')['annotations']
        found = json.dumps([{**entry, 'score': 0.9} for entry in truth])
        for kind in ('bbox', 'segm'):
            (folder / f'predictions.{kind}.json').write_text(found)

    monkeypatch.setattr(demo, '_run', leave_files)
    return commands


def test_demo_runs_the_tools_and_prints_the_table(tools, tmp_path):
    result = CliRunner().invoke(demo_coco.command, ['--work-dir', 'w'], catch_exceptions=False)
    assert tools == [
        f'python tools/train.py {demo_coco.CONFIG} --work-dir w',
        f'python tools/test.py {demo_coco.CONFIG} w/epoch_2.pth --work-dir w --out w/predictions.json',
    ]
    lines = dict(line.split(maxsplit=1) for line in result.output.splitlines() if len(line.split()) > 1)
    assert lines['mask'].split() == ['0.250', *4 * ['0.500']]
    assert lines['box'].split() == 5 * ['0.500']
    assert lines['checkpoint'] == 'w/epoch_2.pth'
    assert lines['log'] == 'w/1/1.log'
    assert lines['training'].endswith('minutes')
    assert (tmp_path / lines['picture']).stat().st_size > 100_000


def test_data_command_says_what_it_wrote(tmp_path):
    for state in ('wrote', 'already there:'):
        result = CliRunner().invoke(data.command, ['digits-coco', '--out', 'd'], catch_exceptions=False)
        assert f'{state} d: 6 images to train, 4 to validate, 10 classes\n' in result.output
        assert ('writing d: 10 images' in result.output) == (state == 'wrote')
    assert (tmp_path / 'd' / 'annotations' / 'val.json').is_file()
