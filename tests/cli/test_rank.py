"""``mmchan rank`` as users type it."""

import json

import pytest
import torch
from rich.console import Console

from mmchan.cli import rank, rank_tables
from mmchan.design import ranks
from tests.cli.command_lines import mmchan_here, succeeded
from tests.prediction.pictures import write_photographs
from tests.prediction.test_predictor import checkpoint_of

FILES = ['ranks-dark.png', 'ranks-dark.svg', 'ranks.json', 'ranks.png', 'ranks.svg']


@pytest.fixture(scope='module')
def written(tmp_path_factory):
    """A small analysis: its folder and what was printed."""
    out = tmp_path_factory.mktemp('ranks') / 'out'
    options = ('--networks', 2, '--widths', 20, 20, '--kind', '1x1', '--seed', 3)
    return out, succeeded(mmchan_here('rank', *options, '--out', out))


@pytest.mark.slow
def test_every_number_and_both_pictures_are_written(written):
    out, _ = written
    assert sorted(path.name for path in out.iterdir()) == FILES
    settings = ranks.Settings(networks=2, widths=(20, 20), kinds=('1x1',), seed=3)
    content = json.loads((out / 'ranks.json').read_text())
    assert content == json.loads(json.dumps(ranks.analyse(settings).as_dict()))


def test_a_table_has_a_row_per_nonlinearity(written):
    _, run = written
    lines = {line.split()[0]: line.split()[1:] for line in run.stdout.splitlines() if line.strip()}
    assert lines['linear'] == [f'{tenth / 10:.3f}' for tenth in range(1, 11)]
    assert set(ranks.NONLINEARITIES.values()) < set(lines)
    assert 'rank analysis:' in run.stderr


@pytest.mark.parametrize('width', [80, 140])
def test_tables_fit_a_terminal(written, width):
    found = ranks.Analysis.from_dict(json.loads((written[0] / 'ranks.json').read_text()))
    part = {'in_channels': 1152, 'channels': 1280, 'columns': 1000, 'dead': 100, 'cdf': ()}
    names = ('rank_ratio', 'nuclear_norm', 'nuclear_ratio', 'stable_rank', 'effective_rank')
    one = ranks.PartProfile(block=15, part=ranks.BLOCK, **part, **dict.fromkeys(names, 0.5))
    tables = [
        *rank_tables.analysis_tables(found),
        rank_tables.profile_table('rexnet', {'trained': [one], 'random': [one]}, 2),
    ]
    for table in tables:
        assert Console(width=width).measure(table).minimum <= width
        console = Console(width=width, record=True, file=(written[0] / 'screen').open('w'))
        console.print(table)
        assert '…' not in console.export_text()


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--images', 'photos'], '--images needs --config or --model'),
        (['--checkpoint', 'a.pth'], '--checkpoint needs --config or --model'),
        (['--model', 'rexnet-1.0x'], 'needs --images DIR'),
        (['--config', 'c.py', '--images', 'p'], '--config needs --checkpoint'),
        (['--config', 'c.py', '--model', 'rexnet-1.0x'], 'either --model NAME'),
        (['--model', 'rexnet-1.0', '--images', 'p'], "did you mean 'rexnet-1.0x'"),
        (['--model', 'rexnet-1.0x', '--images', 'no-such-folder'], "there is no image 'no-such-folder'"),
        (['--inputs', '0.5'], 'inputs must be > 1'),
        (['--widths', '21', '29'], 'widths must be'),
        (['--norm', 'layer'], "'layer' is not one of"),
    ],
)
def test_what_does_not_go_together_is_a_message(options, message, tmp_path):
    run = mmchan_here('rank', *options, cwd=tmp_path)
    assert run.returncode == 2
    assert message in run.stderr
    assert 'Traceback' not in run.stderr
    assert not any(tmp_path.iterdir())


@pytest.mark.slow
def test_a_trained_network_of_a_config_is_profiled_beside_random_weights(tmp_path):
    config = tmp_path / 'small.py'
    from tests.cli.command_lines import DIGITS

    config.write_text(f"_base_ = ['{DIGITS}']\nmodel = dict(backbone=dict(frozen_stages=1))\n")
    images = tmp_path / 'images'
    images.mkdir()
    write_photographs(images)
    checkpoint = checkpoint_of(config, tmp_path / 'small.pth')
    state = torch.load(checkpoint)['state_dict']
    options = ('--config', config, '--checkpoint', checkpoint, '--images', images, '--device', 'cpu')
    run = succeeded(mmchan_here('rank', *options, '--columns', 64, '--out', tmp_path / 'out'))
    assert f'skipped {images / "notes.txt"}' not in run.stderr  # its ending is that of no image
    content = json.loads((tmp_path / 'out' / 'ranks.json').read_text())
    assert content['images'] == ['china.jpg', 'flower.jpg']
    assert content['network'] == 'small'
    widths = [part['channels'] for part in content['trained'] if part['part'] == 'block']
    assert widths == [part['channels'] for part in content['random'] if part['part'] == 'block']
    assert len(widths) == len({name.rpartition('.conv3')[0] for name in state if '.conv3.' in name})
    assert content['trained'] != content['random']
    assert sorted(path.name for path in (tmp_path / 'out').iterdir()) == FILES


def test_a_backbone_of_another_project_is_refused(tmp_path):
    config = tmp_path / 'resnet.py'
    config.write_text("_base_ = ['mmpretrain::resnet/resnet18_8xb16_cifar10.py']\n")
    checkpoint = checkpoint_of(config, tmp_path / 'resnet.pth')
    images = write_photographs(tmp_path)
    run = mmchan_here('rank', '--config', config, '--checkpoint', checkpoint, '--images', images)
    assert run.returncode == 2
    assert "the config's backbone must be one of mmchan, got 'ResNet_CIFAR'" in run.stderr


def test_defaults_of_the_command_are_those_of_the_analysis():
    defaults = {option.name: option.default for option in rank.command.params}
    for name in (
        'networks',
        'widths',
        'inputs',
        'weights',
        'values',
        'norm',
        'expansions',
        'map_size',
        'seed',
    ):
        assert defaults[name] == getattr(ranks.Settings(), name)
