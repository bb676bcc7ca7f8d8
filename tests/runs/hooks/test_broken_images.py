"""Images that a training left out are counted and named after every epoch."""

import json
import logging
import shutil
from types import SimpleNamespace

import pytest
from mmengine.config import Config
from mmengine.logging import MessageHub
from mmengine.runner import runner as mmengine_runner

from mmchan.data.digits import write_digits
from mmchan.registry import HOOKS
from mmchan.runs.hooks.broken_images import BrokenImagesHook, skip_broken_images
from mmchan.runs.workdir import broken_images
from tests import coco_data
from tests.cli.command_lines import ROOT, succeeded, tool
from tests.runs.exact_runs import ending, train


def write(report, *images):
    with report.open('a') as file:
        for image in images:
            file.write(json.dumps({'image': image, 'reason': 'truncated'}) + '\n')


@pytest.fixture
def report(tmp_path):
    return broken_images(tmp_path)


@pytest.fixture
def runner(caplog):
    logger = logging.getLogger('of the hook')
    logger.propagate = True
    hub = MessageHub.get_instance('of the hook')
    return SimpleNamespace(logger=logger, epoch=0, iter=9, message_hub=hub)


def test_epoch_reports_what_is_new(report, runner, caplog):
    write(report, 'of an earlier run')
    hook = HOOKS.build({'type': 'mmchan.BrokenImagesHook', 'report': str(report)})
    hook.before_train(runner)
    write(report, 'a.jpg', 'b.jpg', 'a.jpg')
    hook.after_train_epoch(runner)
    assert '2 broken images were left out 3 times in epoch 1, 2 images since the start' in caplog.text
    assert 'a.jpg: truncated' in caplog.text
    assert 'earlier' not in caplog.text
    caplog.clear()
    hook.after_train_epoch(runner)
    assert caplog.text == ''
    write(report, *(f'{number}.jpg' for number in range(9)))
    hook.after_train_epoch(runner)
    assert '9 broken images were left out 9 times' in caplog.text
    assert 'and 4 more' in caplog.text


def test_samples_that_are_loaded_again_count_once(report, runner, caplog):
    def write_samples(*samples):
        with report.open('a') as file:
            for image, *sample in samples:
                file.write(json.dumps({'image': image, 'reason': 'truncated', 'sample': [0, *sample]}) + '\n')

    write(report, 'of an earlier run')
    BrokenImagesHook(str(report)).before_train(runner)
    write_samples(('a.jpg', 0, 1, 0), ('b.jpg', 1, 0, 3), ('b.jpg', 1, 2, 3))
    # killed in the second epoch; a worker was ahead
    runner.epoch = 1
    hook = BrokenImagesHook(str(report))
    hook.before_train(runner)
    write_samples(('b.jpg', 1, 2, 3), ('c.jpg', 1, 2, 4))
    hook.after_train_epoch(runner)
    assert '2 broken images were left out 3 times in epoch 2, 3 images since the start' in caplog.text
    assert 'earlier' not in caplog.text


def test_what_workers_load_beyond_the_end_does_not_count(report, runner, caplog):
    hook = BrokenImagesHook(str(report))
    hook.before_train(runner)
    runner.iter = 2
    with report.open('a') as file:
        for batch in (1, 2):
            line = {'image': f'{batch}.jpg', 'reason': 'truncated', 'sample': [0, 0, batch, 0]}
            file.write(json.dumps(line) + '\n')
    hook.after_train_epoch(runner)
    assert '1 broken images were left out 1 times' in caplog.text


def test_half_a_line_waits_for_the_rest(report, runner, caplog):
    hook = BrokenImagesHook(str(report))
    hook.before_train(runner)
    write(report, 'a.jpg')
    whole = report.read_bytes()
    report.write_bytes(whole[:-5])
    hook.after_train_epoch(runner)
    assert caplog.text == ''
    report.write_bytes(whole)
    hook.after_train_epoch(runner)
    assert 'a.jpg: truncated' in caplog.text


def test_only_the_loading_at_the_start_is_wrapped(tmp_path):
    steps = [{'type': 'LoadImageFromFile'}, {'type': 'mmdet.LoadAnnotations'}, {'type': 'Resize'}]
    dataset = {'type': 'A', 'pipeline': [*steps, {'type': 'LoadMore'}]}
    wrapped = {'type': 'RepeatDataset', 'dataset': {'type': 'ConcatDataset', 'datasets': [dataset]}}
    cfg = Config(
        {'work_dir': str(tmp_path), 'train_dataloader': {'dataset': wrapped}, 'custom_hooks': [{'type': 'H'}]}
    )
    skip_broken_images(cfg)
    pipeline = cfg.train_dataloader.dataset.dataset.datasets[0].pipeline
    assert [step.type for step in pipeline] == ['mmchan.SkipBroken', 'Resize', 'LoadMore']
    assert pipeline[0].transforms == steps[:2]
    assert [hook.type for hook in cfg.custom_hooks] == ['H', 'mmchan.BrokenImagesHook']
    assert cfg.custom_hooks[1].report == pipeline[0].report == str(broken_images(tmp_path))


def test_pipeline_without_loading_stays(tmp_path):
    dataset = {'type': 'A', 'pipeline': [{'type': 'Resize'}]}
    cfg = Config({'work_dir': str(tmp_path), 'train_dataloader': {'dataset': dataset}})
    skip_broken_images(cfg)
    assert cfg.train_dataloader.dataset.pipeline == dataset['pipeline']
    assert 'custom_hooks' not in cfg


@pytest.fixture(scope='module')
def training(tmp_path_factory):
    """A training with workers on images of which one is truncated and one is missing; then a test."""
    folder = tmp_path_factory.mktemp('run')
    data = coco_data.write_some(folder / 'data' / 'digits-coco')
    coco_data.truncate(data / 'train' / '000002.jpg')
    (data / 'train' / '000005.jpg').unlink()
    options = ['train_dataloader.batch_size=3', 'train_dataloader.num_workers=2', 'train_cfg.max_epochs=2']
    options += ['train_cfg.val_interval=3', 'default_hooks.logger.interval=1']
    result = tool(
        'train.py', ROOT / coco_data.MASK_RCNN, '--work-dir', 'w', '--cfg-options', *options, cwd=folder
    )
    return folder, succeeded(result)


@pytest.mark.slow
def test_broken_images_do_not_end_a_training(training):
    folder, result = training
    log = result.stdout + result.stderr
    assert '1 of 6 images do not exist' in log
    for epoch in (1, 2):
        assert '2 broken images were left out' in log
        assert f'in epoch {epoch}' in log
    assert '000002.jpg: the file is truncated' in log
    assert '000005.jpg: the file does not exist' in log
    assert (folder / 'w' / 'epoch_2.pth').is_file()


@pytest.mark.slow
def test_detector_is_tested_and_predicts_from_the_command_line(training):
    folder, _ = training
    config = ROOT / coco_data.MASK_RCNN
    out = ['--work-dir', 'w', '--out', 'w/found.json', '--classwise']
    log = succeeded(tool('test.py', config, 'w/epoch_2.pth', *out, cwd=folder)).stdout
    assert 'bbox_mAP_copypaste' in log
    assert '| category |' in log
    assert {path.name for path in (folder / 'w').glob('found*')} == {'found.bbox.json', 'found.segm.json'}


@pytest.mark.slow
def test_test_refuses_a_missing_image(training, tmp_path):
    folder, _ = training
    shutil.copytree(folder / 'data', tmp_path / 'data')
    (tmp_path / 'data' / 'digits-coco' / 'val' / '000001.jpg').unlink()
    result = tool('test.py', ROOT / coco_data.MASK_RCNN, folder / 'w' / 'epoch_2.pth', cwd=tmp_path)
    assert result.returncode == 2
    assert '1 of 4 images do not exist: data/digits-coco/val/000001.jpg' in result.stderr


@pytest.mark.slow
def test_resumed_training_reports_what_one_that_was_not_stopped_does(tmp_path, logged, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(mmengine_runner, 'collect_env', dict)  # it asks a compiler and others: a second each
    options = {'train_dataloader.num_workers': 1, 'train_cfg.max_epochs': 2, 'train_cfg.val_interval': 9}
    options |= {'custom_hooks': []}
    write_digits(tmp_path / 'data' / 'digits')
    for image in sorted((tmp_path / 'data/digits/train/0').glob('*.png'))[3:90:9]:
        coco_data.truncate(image)
    reports = {}
    for name, end in (('whole', None), ('ended', ending('after_train_iter', 10))):
        logged.clear()
        train(tmp_path / name, end=end, cfg_options=options)
        if end:
            train(tmp_path / name, cfg_options=options)
        lines = [record.getMessage() for record in logged.records if 'were left out' in record.getMessage()]
        reports[name] = [line.replace(f'/{name}/', '/') for line in lines]
    assert len(reports['whole']) == 2
    assert reports['ended'] == reports['whole']
