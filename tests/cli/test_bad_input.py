"""Whatever a user names by mistake, a command says what is wrong, ends with 2 and writes nothing."""

import re

import pytest
import torch
from PIL import Image

from mmchan.cli import main
from mmchan.models import Classifier
from tests.weights.files import BAD, write_bad_files

NETWORK = 'regnetx-200mf'
COMMANDS = {
    'convert': lambda checkpoint: ['convert', checkpoint, 'net.pth', '--to', 'timm'],
    'publish': lambda checkpoint: ['publish', checkpoint, 'out/net'],
    'predict': lambda checkpoint: [
        *('predict', 'image.png', '--out', 'out', '--model', NETWORK, '--checkpoint', checkpoint)
    ],
}


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """Bad checkpoints of every kind, checkpoints of other networks, a good one, an image."""
    folder = tmp_path_factory.mktemp('bad')
    write_bad_files(folder)
    torch.save(torch.nn.Sequential(torch.nn.Linear(2, 3)).state_dict(), folder / 'linear.pth')
    torch.save(Classifier('regnetx-400mf', 10).state_dict(), folder / 'wider.pth')
    torch.save(Classifier(NETWORK, 10).state_dict(), folder / 'good.pth')
    torch.save(Classifier(NETWORK, 10).backbone.state_dict(), folder / 'headless.pth')
    Image.new('RGB', (64, 64)).save(folder / 'image.png')
    (folder / 'metrics.json').write_text('{"accuracy": 1}')
    return folder


@pytest.fixture
def refused(folder, monkeypatch, capsys):
    """Checks that a command line is refused with a message, and that nothing is left behind."""
    monkeypatch.chdir(folder)
    before = sorted(folder.iterdir())

    def check(arguments, message):
        with pytest.raises(SystemExit) as end:
            main(list(map(str, arguments)))
        said = capsys.readouterr().err
        assert end.value.code == 2
        assert re.search(message, said), said
        assert sorted(folder.iterdir()) == before

    return check


@pytest.mark.parametrize('command', COMMANDS)
@pytest.mark.parametrize('name', BAD)
def test_bad_checkpoint_is_refused(refused, name, command):
    refused(COMMANDS[command](name), f'Error: .*{re.escape(name)}.*{BAD[name]}')


@pytest.mark.parametrize(
    ('command', 'name', 'message'),
    [
        ('convert', 'linear.pth', r'linear.pth fits no variant \(`mmchan list` .*begin with 0.weight'),
        ('predict', 'linear.pth', 'linear.pth has no known layout of a regnet .*it is of another family'),
        ('predict', 'headless.pth', 'headless.pth has no classification head: give --checkpoint one of a'),
        ('predict', 'wider.pth', 'wider.pth.* of another width or depth: regnetx-400mf'),
    ],
)
def test_checkpoint_of_another_network_is_refused(refused, command, name, message):
    refused(COMMANDS[command](name), message)


@pytest.mark.parametrize(
    'arguments',
    [
        ['convert', 'good.pth', 'page.pth/net.pth', '--to', 'timm'],
        ['publish', 'good.pth', 'page.pth/net'],
        ['predict', 'image.png', '--out', 'page.pth/out', '--model', NETWORK, '--checkpoint', 'good.pth'],
    ],
    ids=COMMANDS,
)
def test_place_that_cannot_be_written_is_refused(refused, arguments):
    refused(arguments, r'page.pth/.*(there is no folder|cannot be written: .*; name another place)')


@pytest.mark.parametrize(
    'arguments',
    [
        ['predict', 'image.png', '--model', 'efficientnet-lite0', '--out'],
        ['cam', 'image.png', '--model', 'efficientnet-lite0', '--out'],
        ['confusion', 'absent.pkl', '--out'],
        ['rank', '--out'],
        ['data', 'digits', '--out'],
        ['sweep', 'report', '.', '--out'],
        ['bench', NETWORK, '--add-to-zoo'],
        ['export', 'efficientnet-lite0', '--out'],
        ['publish', 'good.pth'],
        ['browse', 'absent.py', '--out'],
    ],
    ids=lambda arguments: arguments[0],
)
def test_absent_folder_is_not_made(refused, arguments):
    ending = {'bench': '.json', 'browse': '.png', 'export': '.onnx'}.get(arguments[0], '')
    refused([*arguments, f'absent/folder/x{ending}'], "there is no folder 'absent")


def test_no_file_replaces_what_is_read(refused):
    refused(['convert', 'good.pth', 'good.pth', '--to', 'timm'], 'good.pth is read here, and would be repl')
    refused(['bench', NETWORK, '--json', 'metrics.json'], "must hold a list 'latencies'")


def test_unknown_device_is_refused(refused):
    refused(['predict', 'image.png', '--model', NETWORK, '--device', 'gpu'], "'gpu' cannot be used here: Exp")


@pytest.mark.parametrize(
    ('image', 'message'),
    [
        ('page.pth', 'page.pth: the file is no image that OpenCV can decode'),
        ('empty.pth', 'empty.pth: the file is empty'),
        ('folder.pth', "the folder 'folder.pth' holds no image"),
        ('missing.png', "there is no image 'missing.png'"),
    ],
)
def test_what_is_no_image_is_refused(refused, image, message):
    refused(['predict', image, '--out', 'out', '--model', 'efficientnet-lite0'], message)


def test_unknown_layout_is_refused_before_anything_is_read(refused):
    refused(['convert', 'missing.pth', 'out.pth', '--to', 'tim'], "unknown layout 'tim'; did you mean 'timm'")
