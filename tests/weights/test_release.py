"""What is published is small, named by its hash, and says where it comes from."""

import json

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from safetensors import safe_open

import mmchan
from mmchan.channels import InputError
from mmchan.channels.family import named_hash
from mmchan.cli import publish
from mmchan.files import sha256
from mmchan.weights.checkpoints import read_checkpoint, read_state_dict
from mmchan.weights.release import publish_checkpoint
from tests.models.networks import build

META = {
    'cfg': "arch = 'regnetx-200mf'\n",
    'dataset_meta': {'classes': ('a', 'b'), 'palette': np.zeros((2, 3), np.uint8)},
    'epoch': 3,
    'iter': 12,
    'hostname': 'x',
}


@pytest.fixture(scope='module')
def weights():
    """A small classifier's tensors."""
    return {f'backbone.{key}': tensor for key, tensor in build('regnetx-200mf').state_dict().items()}


@pytest.fixture
def checkpoint(tmp_path, weights):
    """What a training leaves."""
    state = {'exp_avg': torch.zeros(10)}
    content = {'meta': META, 'state_dict': weights, 'optimizer': state, 'param_schedulers': []}
    torch.save(content, tmp_path / 'epoch_3.pth')
    return tmp_path / 'epoch_3.pth'


def test_files_are_named_by_their_content(checkpoint, tmp_path, weights):
    done = publish_checkpoint(str(checkpoint), tmp_path / 'out' / 'regnetx-200mf_digits.pth')
    assert sorted(path.suffix for path in (tmp_path / 'out').iterdir()) == ['.pth', '.safetensors']
    for file in done.files:
        assert file.name.startswith('regnetx-200mf_digits-')
        assert sha256(file).startswith(named_hash(file.name))
        assert torch.hub.HASH_REGEX.search(file.name).group(1) == named_hash(file.name)
        published = read_state_dict(str(file))
        assert published.keys() == weights.keys()
        assert all(torch.equal(published[key], weights[key]) for key in weights)
    assert done.dropped == ('optimizer', 'param_schedulers')
    assert {file.stat().st_mode for file in done.files} == {checkpoint.stat().st_mode}


def test_meta_says_what_and_from_where(checkpoint, tmp_path):
    done = publish_checkpoint(str(checkpoint), tmp_path / 'net')
    content = read_checkpoint(str(done.files[0]))
    assert content.keys() == {'meta', 'state_dict'}
    expected = {
        'arch': 'regnetx-200mf',
        'source': {'file': 'epoch_3.pth', 'sha256': sha256(checkpoint)},
        'mmchan_version': mmchan.__version__,
        **{key: META[key] for key in ('cfg', 'epoch', 'iter')},
    }
    assert {key: content['meta'][key] for key in expected} == expected
    assert content['meta']['dataset_meta']['classes'] == ('a', 'b')
    assert 'hostname' not in content['meta']
    with safe_open(done.files[1], 'pt') as file:
        assert json.loads(file.metadata()['meta'])['dataset_meta']['palette'] == [[0] * 3] * 2


def test_same_checkpoint_gives_the_same_files(checkpoint, tmp_path):
    one = publish_checkpoint(str(checkpoint), tmp_path / 'a' / 'net').files
    other = publish_checkpoint(str(checkpoint), tmp_path / 'b' / 'net').files
    assert [file.name for file in one] == [file.name for file in other]


@pytest.mark.parametrize(
    'content',
    [
        lambda good, other: {'state_dict': other, 'state_dict_ema': good},
        lambda good, other: {'state_dict': good, 'ema_state_dict': {**other, 'steps': torch.ones(1)}},
        lambda good, other: {'model_state': other, 'ema_state': good, 'test_err': 2.0, 'ema_err': 1.0},
    ],
    ids=['timm', 'mmengine', 'pycls'],
)
def test_averaged_weights_are_published(tmp_path, weights, content):
    other = {key: tensor + 1 for key, tensor in weights.items()}
    torch.save(content(weights, other), tmp_path / 'in.pth')
    line = [str(tmp_path / 'in.pth'), str(tmp_path / 'net')]
    printed = CliRunner().invoke(publish.command, line, catch_exceptions=False).output
    assert 'network  regnetx-200mf' in printed
    assert 'weights  averaged over training steps (EMA)' in printed
    published = read_state_dict(str(next(tmp_path.glob('net-*.pth'))))
    assert all(torch.equal(published[key], weights[key]) for key in weights)


def test_network_of_ones_own_is_published_without_a_name(tmp_path):
    torch.save({'w': torch.ones(1)}, tmp_path / 'in.pth')
    assert publish_checkpoint(str(tmp_path / 'in.pth'), tmp_path / 'net').meta['arch'] is None


def test_name_is_needed(checkpoint, tmp_path):
    for out in (tmp_path / '.pth', tmp_path):  # the second is a folder that is there
        with pytest.raises(InputError, match='OUT must be a folder and the beginning of a name'):
            publish_checkpoint(str(checkpoint), out)
    assert list(tmp_path.iterdir()) == [checkpoint]
