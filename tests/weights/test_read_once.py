"""A command reads its checkpoint once, whoever asks for its tensors."""

import pytest
import torch
from click.testing import CliRunner
from PIL import Image

import mmchan
from mmchan.cli import group
from mmchan.weights import checkpoints
from tests.cli.command_lines import DIGITS
from tests.models.networks import randomise

VARIANT = 'rexnet-lite-1.0x'


@pytest.fixture
def reads(monkeypatch):
    """The files that were read, in order."""
    paths = []
    whole = checkpoints._read_torch

    def read(path, map_location):
        paths.append(path.name)
        return whole(path, map_location)

    monkeypatch.setattr(checkpoints, '_read_torch', read)
    return paths


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to work in with an image and checkpoints of a variant and of the digits' config."""
    monkeypatch.chdir(tmp_path)
    Image.new('RGB', (64, 64), 'teal').save('image.png')
    torch.save(randomise(mmchan.get_model(VARIANT, num_classes=5)).state_dict(), 'variant.pth')
    torch.save({'state_dict': randomise(mmchan.get_model(DIGITS)).state_dict(), 'meta': {}}, 'digits.pth')
    return tmp_path


COMMANDS = {
    'predict --model': ['predict', 'image.png', '--model', VARIANT, '--checkpoint', 'variant.pth'],
    'predict --config': ['predict', 'image.png', '--config', str(DIGITS), '--checkpoint', 'digits.pth'],
    'convert': ['convert', 'variant.pth', 'out.pth', '--to', 'official'],
    'publish': ['publish', 'digits.pth', 'out'],
}


@pytest.mark.usefixtures('folder')
@pytest.mark.parametrize('command', COMMANDS)
def test_command_reads_its_checkpoint_once(reads, command):
    result = CliRunner().invoke(group, COMMANDS[command], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert len(reads) == 1


@pytest.mark.usefixtures('folder')
def test_get_model_reads_its_checkpoint_once(reads):
    model = mmchan.get_model(VARIANT, 'variant.pth')
    assert model.head.layers[1].fc.out_features == 5
    assert reads == ['variant.pth']
