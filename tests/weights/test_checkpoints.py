"""Whatever a file holds, reading it runs nothing and ends with tensors or a clear message."""

import re

import pytest
import torch
from mmengine.runner.checkpoint import CheckpointLoader, load_checkpoint

from mmchan.channels import InputError
from mmchan.layouts.wrappers import unwrap
from mmchan.weights.checkpoints import read_for_runner, read_state_dict, safe_checkpoints, trust_checkpoints
from tests.weights.files import BAD, Planted, write_bad_files
from tests.weights.http_server import serving


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """A folder with every kind of bad file."""
    folder = tmp_path_factory.mktemp('bad')
    write_bad_files(folder)
    return folder


@pytest.mark.parametrize('name', BAD)
def test_bad_file_is_refused_with_its_cause(folder, name):
    path = str(folder / name)
    with pytest.raises(InputError, match=f'(?s){re.escape(path)}.*{BAD[name]}'):
        read_state_dict(path)
    assert not (folder / 'ran').exists()


def test_whole_files_load(folder):
    for name in ('whole.pth', 'legacy.pth', 'whole.safetensors'):
        assert read_state_dict(str(folder / name)).keys() == {'conv1.weight', 'bn1.bias'}


def test_trusted_code_runs(tmp_path):
    torch.save({'w': torch.ones(1), 'code': Planted(tmp_path / 'ran')}, tmp_path / 'own.pth')
    with trust_checkpoints(), trust_checkpoints(False):
        assert read_state_dict(str(tmp_path / 'own.pth')) == {'w': torch.ones(1)}
    assert (tmp_path / 'ran').exists()
    with pytest.raises(InputError, match='may run code'):
        read_state_dict(str(tmp_path / 'own.pth'))


ONE, TWO = {'w': torch.ones(1)}, {'w': torch.zeros(1)}


@pytest.mark.parametrize(
    ('content', 'under'),
    [
        (ONE, ''),
        ({'module.w': ONE['w'], 'epoch': 3}, ''),
        ({'state_dict': ONE, 'optimizer': {}}, 'state_dict'),
        ({'state_dict': ONE, 'ema_state_dict': TWO}, 'state_dict'),
        ({'state_dict': TWO, 'state_dict_ema': ONE}, 'state_dict_ema'),
        ({'model': TWO, 'model_ema': {'module.w': ONE['w'], 'n_averaged': 3}}, 'model_ema'),
        ({'model': {'state_dict': ONE}}, 'state_dict'),
        ({'model_state': ONE, 'ema_state': TWO}, 'model_state'),
        ({'model_state': ONE, 'ema_state': TWO, 'test_err': 25.0, 'ema_err': 26.0}, 'model_state'),
        ({'model_state': TWO, 'ema_state': ONE, 'test_err': 25.0, 'ema_err': 24.0}, 'ema_state'),
    ],
)
def test_better_weights_are_unwrapped(content, under):
    assert unwrap(content, 'x.pth') == (ONE, under)


@pytest.mark.parametrize(
    ('content', 'given'),
    [
        (ONE, {'state_dict': ONE}),
        ({'model_state': ONE, 'epoch': 3}, {'model_state': ONE, 'epoch': 3, 'state_dict': ONE}),
        ({'state_dict': TWO, 'state_dict_ema': ONE}, {'state_dict': ONE, 'state_dict_ema': ONE}),
        # of a Runner, which resumes from it
        ({'state_dict': ONE, 'ema_state_dict': TWO, 'meta': {}}, None),
        ({'state_dict': {'module.w': ONE['w']}, 'optimizer': {}}, None),
    ],
    ids=['bare', 'wrapped', 'averaged', 'runner', 'parallel'],
)
def test_mmengine_finds_the_weights_as_state_dict(tmp_path, content, given):
    torch.save(content, tmp_path / 'x.pth')
    assert read_for_runner(str(tmp_path / 'x.pth')) == (content if given is None else given)


@pytest.mark.parametrize('name', ['code.pth', 'whole_bit.pth', 'page.pth'])
@pytest.mark.parametrize('as_url', [False, True], ids=['path', 'url'])
def test_mmengine_reads_through_us(folder, name, as_url, tmp_path, monkeypatch):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    loaders = dict(CheckpointLoader._schemes)
    with serving() as site:
        site.files = {f'/{name}': (folder / name).read_bytes()}
        source = f'{site.root}/{name}' if as_url else str(folder / name)
        with pytest.raises(InputError, match=BAD[name]), safe_checkpoints():
            load_checkpoint(torch.nn.Linear(1, 1), source)
    assert not (folder / 'ran').exists()
    assert CheckpointLoader._schemes == loaders


def test_mmengine_loads_a_whole_file_of_a_url_through_us(tmp_path, monkeypatch):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    torch.save({'state_dict': {'weight': torch.ones(1, 1), 'bias': torch.ones(1)}}, tmp_path / 'net.pth')
    layer = torch.nn.Linear(1, 1)
    with serving() as site, safe_checkpoints():
        site.files = {'/net.pth': (tmp_path / 'net.pth').read_bytes()}
        load_checkpoint(layer, f'{site.root}/net.pth')
    assert layer.bias.item() == 1
