"""Each work-around works, and is still needed."""

import inspect
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import utils as config_utils
from mmengine.config.utils import MODULE2PACKAGE
from mmengine.logging import HistoryBuffer
from mmengine.runner.checkpoint import CheckpointLoader

import mmchan
from mmchan import compat
from mmchan.home import home
from mmchan.runs.config import load_config
from tests.weights.files import Planted
from tests.weights.http_server import serving


@pytest.fixture
def only_torch():
    """A torch that allows nothing of ours, as before ``apply``."""
    torch.serialization.clear_safe_globals()
    yield
    compat.apply()


@pytest.fixture
def runner_checkpoint(tmp_path):
    """A file with everything that the Runner saves beside weights."""
    history = HistoryBuffer([1.0, 2.0], [1, 1])
    history.update(6.0)
    hub = {'log_scalars': {'loss': history}, 'runtime_info': {'best': np.float64(0.5), 'epoch': np.int64(3)}}
    meta = {'epoch': 3, 'dataset_meta': {'classes': ('a', 'b'), 'palette': np.zeros((2, 3), np.uint8)}}
    torch.save(
        {'message_hub': hub, 'meta': meta, 'state_dict': {'w': torch.ones(2)}}, tmp_path / 'epoch_3.pth'
    )
    return tmp_path / 'epoch_3.pth'


class Stranger:
    """An object that the restricted unpickler must not build."""


class Escape:
    """Pickles as ``getattr(HistoryBuffer, '__init__')``, the first step out of the restricted unpickler."""

    def __reduce__(self):
        return getattr, (HistoryBuffer, '__init__')


@pytest.mark.usefixtures('only_torch')
def test_runner_checkpoint_is_refused_without_us(runner_checkpoint):
    with pytest.raises(pickle.UnpicklingError, match='Unsupported global'):
        torch.load(runner_checkpoint)


def test_runner_checkpoint_loads(runner_checkpoint):
    compat.apply()
    compat.apply()
    loaded = torch.load(runner_checkpoint)
    assert loaded['message_hub']['log_scalars']['loss'].mean() == 3
    assert loaded['message_hub']['runtime_info'] == {'best': 0.5, 'epoch': 3}
    assert loaded['meta']['dataset_meta']['palette'].shape == (2, 3)


@pytest.mark.parametrize('content', [Stranger(), Escape()], ids=['stranger', 'getattr'])
def test_anything_else_is_refused(tmp_path, content):
    compat.apply()
    torch.save(content, tmp_path / 'foreign.pth')
    with pytest.raises(pickle.UnpicklingError, match='Unsupported'):
        torch.load(tmp_path / 'foreign.pth')


def test_installed_path_is_where_python_imports_from():
    assert Path(compat.get_installed_path('mmchan')) == Path(mmchan.__file__).parent
    assert compat.is_installed('mmchan')
    assert not compat.is_installed('no_such_package')
    with pytest.raises(ModuleNotFoundError, match='no_such_package is not installed'):
        compat.get_installed_path('no_such_package')


def test_mmengine_finds_packages_through_us():
    import mmengine.config.config

    compat.apply()
    assert mmengine.config.config.get_installed_path is compat.get_installed_path
    assert MODULE2PACKAGE['mmchan'] == 'mmchan'


@pytest.mark.parametrize('config', ['regnet/regnetx-400mf_1xb64_digits.py', '_base_/runtime/exact.py'])
def test_configs_that_inherit_ours_say_the_same(tmp_path, config):
    (tmp_path / 'mine.py').write_text(f"_base_ = 'mmchan::{config}'\n")
    mine, ours = load_config(tmp_path / 'mine.py'), load_config(home() / 'configs' / config)
    assert mine.to_dict() == ours.to_dict()


def test_wrapper_on_cpu_names_no_device():
    assert compat.wrapper_on_cpu(None, find_unused_parameters=True) == {
        'type': 'MMDistributedDataParallel',
        'broadcast_buffers': False,
        'find_unused_parameters': True,
        'device_ids': None,
    }
    assert compat.wrapper_on_cpu({'type': 'Own'}) == {'type': 'Own', 'device_ids': None}


def test_downloaded_code_runs_without_us(tmp_path, monkeypatch):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path / 'torch'))
    torch.save(Planted(tmp_path / 'ran'), tmp_path / 'code.pth')
    with serving() as site:
        site.files = {'/code.pth': (tmp_path / 'code.pth').read_bytes()}
        with compat.checkpoints_read_by(lambda name, map_location: name):
            assert CheckpointLoader.load_checkpoint(f'{site.root}/code.pth') == f'{site.root}/code.pth'
        assert not (tmp_path / 'ran').exists()
        CheckpointLoader.load_checkpoint(f'{site.root}/code.pth')
    assert (tmp_path / 'ran').exists()


def test_metafiles_are_read_once(tmp_path, monkeypatch):
    (tmp_path / '.mim').mkdir()
    (tmp_path / '.mim/model-index.yml').write_text('Import: [metafile.yml]')
    (tmp_path / '.mim/metafile.yml').write_text('Models: [{Name: net, Config: configs/net.py}]')
    found = config_utils._get_cfg_metainfo(str(tmp_path), 'net.py')
    (tmp_path / '.mim/metafile.yml').unlink()
    assert config_utils._get_cfg_metainfo(str(tmp_path), 'net.py') == found
    monkeypatch.setattr(config_utils, 'load', config_utils.load.__wrapped__)
    with pytest.raises(FileNotFoundError):
        config_utils._get_cfg_metainfo(str(tmp_path), 'net.py')


@pytest.mark.slow
def test_mmpretrain_is_imported_without_mmdet_and_its_class_for_detectors_when_asked():
    program = (
        'import sys; from mmchan import compat; compat.import_mmpretrain_alone(); import mmpretrain.models; '
        "assert 'mmdet' not in sys.modules; "
        'from mmdet.registry import MODELS; import mmpretrain.models.utils.res_layer_extra_norm; '
        "assert MODELS.get('ResLayerExtraNorm'); compat.import_mmpretrain_alone()"
    )
    subprocess.run([sys.executable, '-c', program], check=True)


@pytest.mark.slow
def test_mmpretrain_imports_all_of_mmdet_without_us():
    program = "import sys; import mmpretrain.models; assert 'mmdet.models' in sys.modules"
    subprocess.run([sys.executable, '-c', program], check=True)


@pytest.mark.slow
def test_ssd_heads_have_no_loss_without_us():
    from mmdet.models.dense_heads import SSDHead

    assert 'self.loss_cls' not in inspect.getsource(SSDHead)
    assert 'self.loss_cls' in inspect.getsource(SSDHead._predict_by_feat_single)
