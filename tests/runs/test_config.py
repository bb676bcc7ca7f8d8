"""Configs are read with clear errors, and command lines merge into them as in mmpretrain's tools."""

import pytest
import torch

from mmchan.channels import InputError
from mmchan.runs.config import config_to_test, config_to_train, load_config

BASE = """
default_scope = 'mmpretrain'
model = dict(type='ImageClassifier', backbone=dict(type='mmchan.RegNet'))
pipeline = [dict(type='LoadImageFromFile'), dict(type='PackInputs')]
train_dataloader = dict(batch_size=2, num_workers=2, dataset=dict(type='CustomDataset', pipeline=pipeline))
val_dataloader = dict(train_dataloader, num_workers=0)
test_dataloader = val_dataloader
val_evaluator = dict(type='Accuracy')
val_cfg = dict()
test_cfg = dict()
optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.1))
auto_scale_lr = dict(base_batch_size=64)
default_hooks = dict(visualization=dict(type='VisualizationHook', enable=False))
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / 'small_net.py'
    path.write_text(BASE)
    return path


@pytest.fixture
def checkpoint(tmp_path):
    path = tmp_path / 'epoch_3.pth'
    needed = {'state_dict': {}, 'optimizer': {}, 'message_hub': {}}
    torch.save({'meta': {'epoch': 3, 'iter': 9}, **needed}, path)
    return path


def test_missing_config_suggests_the_nearest(config):
    with pytest.raises(InputError, match=r"no config .*small_ne\.py'; did you mean .*small_net\.py"):
        load_config(config.with_name('small_ne.py'))


def test_missing_config_suggests_ours():
    with pytest.raises(InputError, match=r'did you mean .*regnetx-400mf_1xb64_digits\.py'):
        load_config('regnetx-400mf_1xb64_digit.py')


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('a = (1,', r'broken\.py is no valid Python: line 1'),
        ("_base_ = ['bad_base.py']", r'a base of .*broken\.py is no valid Python: line 2'),
        ("_base_ = ['absent.py']", r'broken\.py: .*absent\.py'),
        ("_base_ = ['nopackage::a/b.py']", 'nopackage'),
        ("_base_ = ['mmpretrain::_base_/absent.py']", r'broken\.py: .*absent\.py'),
    ],
    ids=['syntax', 'syntax of a base', 'missing base', 'unknown package', 'missing base of a package'],
)
def test_broken_config_is_an_input_error(tmp_path, text, message):
    (tmp_path / 'bad_base.py').write_text('a = 1\nb = = 2\n')
    (tmp_path / 'broken.py').write_text(text)
    with pytest.raises(InputError, match=message):
        load_config(tmp_path / 'broken.py')


def test_option_that_leads_nowhere_is_an_input_error(config):
    with pytest.raises(InputError, match='--cfg-options pipeline.7.type=Resize'):
        load_config(config, {'pipeline.7.type': 'Resize'})


def test_work_dir_is_named_by_line_then_config_then_name(config, tmp_path):
    assert config_to_train(config).work_dir == 'work_dirs/small_net'
    own = tmp_path / 'own.py'
    own.write_text(BASE + "work_dir = 'mine'\n")
    assert config_to_train(own).work_dir == 'mine'
    assert config_to_train(own, work_dir='given').work_dir == 'given'


def test_options_win_over_everything(config):
    cfg = config_to_train(
        config, work_dir='given', seed=3, cfg_options={'work_dir': 'x', 'randomness.seed': 4}
    )
    assert (cfg.work_dir, cfg.randomness.seed) == ('x', 4)


def test_switches_reach_the_config(config):
    cfg = config_to_train(config, auto_scale_lr=True, seed=7, validate=False, launcher='slurm')
    assert cfg.auto_scale_lr == {'base_batch_size': 64, 'enable': True}
    assert cfg.randomness == {'seed': 7}
    assert cfg.val_cfg is cfg.val_dataloader is cfg.val_evaluator is None
    assert cfg.launcher == 'slurm'


def test_auto_scale_lr_needs_a_base_batch_size(tmp_path):
    path = tmp_path / 'a.py'
    path.write_text(BASE.replace('base_batch_size=64', ''))
    with pytest.raises(InputError, match='base_batch_size'):
        config_to_train(path, auto_scale_lr=True)


def test_loaders_keep_workers_only_where_they_have_some(config, monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    cfg = config_to_train(config)
    assert (cfg.train_dataloader.persistent_workers, cfg.val_dataloader.persistent_workers) == (True, False)
    assert cfg.train_dataloader.pin_memory is False
    assert cfg.train_dataloader.collate_fn == {'type': 'default_collate'}
    none = config_to_train(config, cfg_options={'train_dataloader.num_workers': 0})
    assert none.train_dataloader.persistent_workers is False


def test_loaders_pin_memory_with_a_gpu(config, monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: True)
    assert config_to_train(config).train_dataloader.pin_memory is True
    assert config_to_train(config, pin_memory=False).train_dataloader.pin_memory is False
    assert config_to_train(config, persistent_workers=False).train_dataloader.persistent_workers is False


def test_detection_keeps_its_own_collate(tmp_path):
    path = tmp_path / 'det.py'
    path.write_text(BASE.replace("'mmpretrain'", "'mmdet'"))
    assert 'collate_fn' not in config_to_train(path).train_dataloader


def test_resume_from_a_path(config, checkpoint):
    cfg = config_to_train(config, resume=str(checkpoint))
    assert (cfg.resume, cfg.load_from) == (True, str(checkpoint))


def test_resume_from_a_missing_path_suggests_a_checkpoint(config, checkpoint):
    with pytest.raises(InputError, match=r'no checkpoint .*epoch_2\.pth.*did you mean .*epoch_3\.pth'):
        config_to_train(config, resume=str(checkpoint.with_name('epoch_2.pth')))


def test_resume_auto_takes_the_last_checkpoint_also_of_a_moved_folder(config, checkpoint):
    (checkpoint.parent / 'last_checkpoint').write_text('/gone/epoch_3.pth')
    cfg = config_to_train(config, work_dir=str(checkpoint.parent), resume='auto')
    assert (cfg.resume, cfg.load_from) == (True, str(checkpoint))


def test_resume_auto_without_a_checkpoint_starts_from_the_beginning(config, tmp_path):
    cfg = config_to_train(config, work_dir=str(tmp_path / 'new'), resume='auto')
    assert (cfg.resume, cfg.load_from) == (True, None)


def test_resume_auto_with_a_deleted_checkpoint_says_so(config, tmp_path):
    (tmp_path / 'last_checkpoint').write_text('/gone/epoch_9.pth')
    with pytest.raises(InputError, match=r'last_checkpoint names .*epoch_9\.pth'):
        config_to_train(config, work_dir=str(tmp_path), resume='auto')


def test_tta_averages_over_the_flipped_image(config, checkpoint):
    cfg = config_to_test(config, str(checkpoint), tta=True)
    assert cfg.model.type == 'mmpretrain.AverageClsScoreTTA'
    assert cfg.model.module.type == 'ImageClassifier'
    augmented = cfg.test_dataloader.dataset.pipeline[-1]
    assert [len(branch) for branch in augmented.transforms] == [2, 1]


def test_tta_of_other_tasks_needs_its_settings(tmp_path, checkpoint):
    path = tmp_path / 'det.py'
    path.write_text(BASE.replace("'mmpretrain'", "'mmdet'"))
    with pytest.raises(InputError, match='--tta needs tta_model'):
        config_to_test(path, str(checkpoint), tta=True)


def test_pictures_are_switched_on(config, checkpoint):
    cfg = config_to_test(config, str(checkpoint), show_dir='out', interval=5)
    hook = cfg.default_hooks.visualization
    assert (hook.enable, hook.out_dir, hook.interval) == (True, 'out', 5)


def test_missing_checkpoint_is_an_input_error(config, tmp_path):
    with pytest.raises(InputError, match=r'holds no \*\.pth file'):
        config_to_test(config, str(tmp_path / 'sub' / 'a.pth'))


def test_folder_in_the_place_of_a_checkpoint_is_refused(config, checkpoint):
    with pytest.raises(InputError, match=r'is a folder; name the checkpoint in it \(it holds epoch_3\.pth\)'):
        config_to_test(config, str(checkpoint.parent))


def test_checkpoint_may_be_a_url(config):
    assert config_to_test(config, 'https://example.org/a.pth').load_from == 'https://example.org/a.pth'
