"""Every key that nothing reads and every value of a wrong kind is found; nothing else is."""

import copy

import pytest
from mmengine.config import Config

from mmchan.checks.config import fields, places
from mmchan.checks.config.keys import check_keys
from mmchan.checks.config.sources import Sources
from mmchan.findings import FAIL, WARN
from mmchan.runs import settings
from mmchan.runs.config import load_config, merge_options
from tests.cli.command_lines import ROOT

DETECTOR = ROOT / 'configs/mask_rcnn/mask-rcnn_rexnet-1.0x_fpn_1xb8_digits-coco.py'
CLASSIFIER = ROOT / 'configs/regnet/regnetx-400mf_1xb64_digits.py'


@pytest.fixture(scope='module')
def configs():
    return {path: load_config(path) for path in (DETECTOR, CLASSIFIER)}


@pytest.fixture
def check(configs):
    """Check a config with options."""

    def run(path, **options):
        options = {key.replace('__', '.'): value for key, value in options.items()}
        return list(check_keys(merge_options(configs[path], options), Sources.of(path, options)))

    return run


def only(findings):
    (finding,) = findings
    return finding.where, str(finding)


@pytest.mark.parametrize('path', [DETECTOR, CLASSIFIER])
def test_right_configs_have_no_findings(check, path):
    assert check(path) == []


@pytest.mark.parametrize(
    ('key', 'value', 'where', 'near'),
    [
        ('train_dataloder.batch_size', 3, 'train_dataloder', 'train_dataloader'),
        ('optim_wraper.type', 'OptimWrapper', 'optim_wraper', 'optim_wrapper'),
        ('model.backbne.depth', 3, 'model.backbne', 'backbone'),
        ('model.backbone.ach', 'x', 'model.backbone.ach', 'arch'),
        ('train_dataloader.batch_szie', 3, 'train_dataloader.batch_szie', 'batch_size'),
        ('default_hooks.checkpint.interval', 2, 'default_hooks.checkpint', 'checkpoint'),
        ('default_hooks.checkpoint.intervall', 2, 'default_hooks.checkpoint.intervall', 'interval'),
        ('param_scheduler.0.begn', 1, 'param_scheduler[0].begn', 'begin'),
        ('train_cfg.max_epoch', 3, 'train_cfg.max_epoch', 'max_epochs'),
        ('test_dataloader.dataset.ann_fil', '', 'test_dataloader.dataset.ann_fil', 'ann_file'),
        (
            'test_dataloader.dataset.pipeline.1.keep_ration',
            1,
            'test_dataloader.dataset.pipeline[1].keep_ration',
            'keep_ratio',
        ),
        ('val_evaluator.metrc', 'bbox', 'val_evaluator.metrc', 'metric'),
        ('optim_wrapper.optimizer.leanring_rate', 1, 'optim_wrapper.optimizer.leanring_rate', ''),
        ('optim_wrapper.clip_grad.max_nor', 1, 'optim_wrapper.clip_grad.max_nor', 'max_norm'),
        (
            'optim_wrapper.paramwise_cfg.norm_decay_mul',
            1,
            'optim_wrapper.paramwise_cfg.norm_decay_mul',
            'norm_decay_mult',
        ),
        (
            'model.train_cfg.rpn.assigner.pos_iou_th',
            1,
            'model.train_cfg.rpn.assigner.pos_iou_th',
            'pos_iou_thr',
        ),
        ('model.test_cfg.rcnn.score_th', 1, 'model.test_cfg.rcnn.score_th', ''),
        ('model.test_cfg.rcnn.nms.iou_thresh', 1, 'model.test_cfg.rcnn.nms.iou_thresh', 'iou_threshold'),
        ('model.roi_head.bbox_head.num_class', 1, 'model.roi_head.bbox_head.num_class', 'num_classes'),
        (
            'train_dataloader.dataset.filter_cfg.min_siz',
            1,
            'train_dataloader.dataset.filter_cfg.min_siz',
            'min_size',
        ),
        ('env_cfg.dist_cfg.backen', 'gloo', 'env_cfg.dist_cfg.backen', 'backend'),
        ('randomness.sed', 1, 'randomness.sed', 'seed'),
        ('log_processor.window', 1, 'log_processor.window', 'window_size'),
        ('runtime_cfg.chekpoint', {}, 'runtime_cfg.chekpoint', 'checkpoint'),
        ('runtime_cfg.checkpoint.minuts', 3, 'runtime_cfg.checkpoint.minuts', 'minutes'),
        ('model.neck.type', 'FPNN', 'model.neck.type', 'FPN'),
        ('model.backbone.type', 'mmchan.RexNet', 'model.backbone.type', 'mmchan.ReXNet'),
        ('model.backbone.init_cfg.type', 'Pretraind', 'model.backbone.init_cfg.type', 'Pretrained'),
        ('custom_hooks', [{'type': 'EMAHok'}], 'custom_hooks[0].type', 'EMAHook'),
        ('param_scheduler.0.type', 'LinearRL', 'param_scheduler[0].type', 'LinearLR'),
        ('optim_wrapper.type', 'OptimWraper', 'optim_wrapper.type', 'OptimWrapper'),
        ('runner_type', 'mmchan.ExactRuner', 'runner_type', 'mmchan.ExactRunner'),
    ],
)
def test_unknown_names_are_found_with_the_nearest(check, key, value, where, near):
    found, said = only(check(DETECTOR, **{key: value}))
    assert found == where
    assert (f"did you mean '{near}'?" in said) if near else 'nothing reads' in said or 'takes no' in said


@pytest.mark.parametrize(
    ('key', 'value', 'rule'),
    [
        ('train_dataloader.batch_size', '8', 'an integer >= 1'),
        ('train_dataloader.batch_size', 0, 'an integer >= 1'),
        ('train_dataloader.num_workers', None, 'an integer >= 0'),
        ('train_dataloader.num_workers', -1, 'an integer >= 0'),
        ('train_dataloader.persistent_workers', 'yes', 'a bool'),
        ('train_dataloader.sampler', 'DefaultSampler', 'a dict or None'),
        ('optim_wrapper.optimizer.lr', '0.1', 'a number >= 0'),
        ('optim_wrapper.optimizer', 'SGD', 'a dict'),
        ('optim_wrapper.clip_grad.max_norm', 'x', 'a number >= 0'),
        ('optim_wrapper.accumulative_counts', 0, 'an integer >= 1'),
        ('train_cfg.max_epochs', '3', 'an integer >= 1'),
        ('train_cfg.max_epochs', 2.5, 'an integer >= 1'),
        ('train_cfg.val_interval', 0, 'an integer >= 1'),
        ('param_scheduler.0.begin', 'a', 'an integer >= 0'),
        ('param_scheduler.0.by_epoch', 'no', 'a bool'),
        ('model.roi_head.bbox_head.num_classes', '10', 'an integer'),
        ('model.neck.num_outs', [5], 'an integer'),
        ('model.neck.in_channels', 'abc', 'a list'),
        ('model.backbone.arch', 3, 'a string'),
        ('model.data_preprocessor.mean', 'a', 'a list or None'),
        ('model.test_cfg.rcnn.score_thr', '0.5', 'a number'),
        ('default_hooks.checkpoint', [1], 'a dict or None'),
        ('default_hooks.logger.interval', [10], 'an integer'),
        ('val_dataloader.dataset.data_prefix.img', 3, 'a string'),
        ('randomness.seed', 'x', 'an integer or None >= 0'),
        ('log_level', 'LOUD', "'CRITICAL' or 'DEBUG'"),
        ('env_cfg.mp_cfg.mp_start_method', '', "'fork' or 'forkserver' or 'spawn'"),
        ('visualizer.vis_backends', [[{'type': 'LocalVisBackend'}]], 'a list or a dict or None'),
        ('val_dataloader.dataset.data_prefix', None, 'a string or a dict'),
        ('val_dataloader.dataset.pipeline', [[{'type': 'LoadImageFromFile'}]], 'a list'),
        ('env_cfg.cudnn_benchmark', 'x', 'a bool'),
        ('model', 3, 'a dict'),
        ('work_dir', 3, 'a string or None'),
        ('model.backbone.type', ['ReXNet'], 'the name of a class'),
        ('model.backbone._scope_', 3, 'the name of a library'),
    ],
)
def test_values_of_a_wrong_kind_are_found(check, key, value, rule):
    found = [str(finding) for finding in check(DETECTOR, **{key: value}) if finding.state == FAIL]
    assert any(f'must be {rule}' in said and repr(value)[:20] in said for said in found)


@pytest.mark.parametrize(
    ('key', 'value'),
    [
        ('default_hooks.checkpoint.save_best', 'auto'),
        ('default_hooks.timer', None),
        ('train_dataloader.drop_last', True),
        ('model.backbone.init_cfg', {'type': 'Pretrained', 'checkpoint': 'a.pth', 'prefix': 'backbone.'}),
        ('model.backbone.norm_cfg', {'type': 'BN', 'requires_grad': False}),
        ('model.neck.act_cfg', {'type': 'LeakyReLU', 'negative_slope': 0.1}),
        (
            'custom_hooks',
            [{'type': 'EMAHook', 'ema_type': 'StochasticWeightAverage', 'interval': 2, 'priority': 49}],
        ),
        ('custom_hooks', [{'type': 'mmpretrain.PreciseBNHook', 'num_samples': 8}]),
        (
            'optim_wrapper.paramwise_cfg',
            {'custom_keys': {'.pos_embed': {'decay_mult': 0.0}}, 'bias_lr_mult': 2.0},
        ),
        ('optim_wrapper.type', 'AmpOptimWrapper'),
        ('optim_wrapper.optimizer', {'type': 'AdamW', 'lr': 1e-3, 'betas': (0.9, 0.999), 'fused': True}),
        ('train_cfg.dynamic_intervals', [(1, 2)]),
        ('train_dataloader.dataset.metainfo', {'classes': ('a',), 'palette': [(1, 2, 3)], 'anything': 3}),
        (
            'val_evaluator',
            [{'type': 'CocoMetric', 'ann_file': 'x'}, {'type': 'DumpResults', 'out_file_path': 'x.pkl'}],
        ),
        ('find_unused_parameters', True),
        ('compile', True),
        ('load_from', 'x.pth'),
        ('randomness', {'seed': 3, 'deterministic': True}),
    ],
)
def test_what_the_libraries_take_is_right(check, key, value):
    assert check(DETECTOR, **{key: value}) == []


@pytest.mark.parametrize(
    ('key', 'needed'),
    [
        ('train_dataloader.dataset', 'dataset'),
        ('train_dataloader.sampler', 'sampler'),
        ('optim_wrapper.optimizer', 'optimizer'),
        ('train_cfg.max_epochs', 'max_epochs'),
        ('param_scheduler.0.type', 'type'),
        ('train_dataloader.dataset.pipeline.0.type', 'type'),
        ('model.type', 'type'),
        ('model.roi_head', 'roi_head'),
        ('model.backbone.type', 'type'),
        ('model.backbone.arch', 'arch'),
        ('model.neck.in_channels', 'in_channels'),
        ('randomness.seed', 'seed'),
        ('train_dataloader.batch_size', 'batch_size'),
        ('model', 'model'),
    ],
)
def test_missing_ones_are_found(configs, key, needed):
    cfg = copy.deepcopy(configs[DETECTOR])
    *path, last = key.split('.')
    node = cfg
    for name in path:
        node = node[int(name) if name.isdigit() else name]
    node.pop(last)
    found = [str(finding) for finding in check_keys(cfg) if finding.state == FAIL]
    assert any(needed in said and 'set' in said for said in found)


def test_one_scheduler_is_as_right_as_several(configs):
    cfg = copy.deepcopy(configs[DETECTOR])
    cfg.param_scheduler = {'type': 'MultiStepLR', 'milestones': [8, 11], 'end': 12.0}
    assert list(check_keys(cfg)) == []
    cfg.param_scheduler = {'generator': cfg.param_scheduler, 'discriminator': {'type': 'MultiStepLR'}}
    _, said = only(check_keys(cfg))
    assert "MultiStepLR needs 'milestones'" in said


def test_scheduler_without_a_type_is_found(configs):
    cfg = copy.deepcopy(configs[DETECTOR])
    cfg.param_scheduler = {'milestones': [8, 11], 'by_epoch': True}
    where, said = only(check_keys(cfg))
    assert where == 'param_scheduler'
    assert 'set param_scheduler.type' in said


def test_order_is_for_the_sampler_to_decide(check):
    where, said = only(check(DETECTOR, **{'train_dataloader.shuffle': True}))
    assert where == 'train_dataloader.shuffle'
    assert 'set train_dataloader.sampler.shuffle' in said


def test_options_into_variables_are_found(check):
    where, said = only(check(DETECTOR, **{'train_pipeline.0.type': 'X'}))
    assert where == 'train_pipeline'
    assert 'variable of the config file' in said


def test_options_for_a_preprocessor_that_the_model_does_not_take_are_found(configs):
    cfg = copy.deepcopy(configs[DETECTOR])
    options = {'data_preprocessor.mean': [0, 0, 0]}
    cfg.data_preprocessor = {'type': 'DetDataPreprocessor', 'mean': [0, 0, 0]}
    where, said = only(check_keys(cfg, Sources.of(DETECTOR, options)))
    assert where == 'data_preprocessor.mean'
    assert 'set model.data_preprocessor.mean' in said


def test_preprocessor_at_the_top_is_of_the_models_type(check):
    where, said = only(check(CLASSIFIER, **{'data_preprocessor.to_rbg': True}))
    assert where == 'data_preprocessor.to_rbg'
    assert "ClsDataPreprocessor takes no argument 'to_rbg'; did you mean 'to_rgb'?" in said


def test_variables_of_a_file_are_nobodys_business(configs):
    cfg = copy.deepcopy(configs[DETECTOR])
    cfg.update({'num_things': 3, 'train_img_size': 4, 'lr_factor': 2})
    assert list(check_keys(cfg)) == []


def test_what_a_class_swallows_is_a_warning(configs):
    cfg = copy.deepcopy(configs[DETECTOR])
    cfg.model.roi_head.bbox_head.bbox_coder.momentum = 0.9
    (finding,) = check_keys(cfg)
    assert finding.state == WARN
    assert finding.where == 'model.roi_head.bbox_head.bbox_coder.momentum'


def test_absent_libraries_are_told():
    model = {'type': 'mmnothing.Net'}
    (finding,) = check_keys(Config({'default_scope': 'mmdet', 'model': model}))
    assert (finding.where, 'mmnothing' in finding.what) == ('model.type', True)
    (finding,) = check_keys(Config({'default_scope': 'mmnothing', 'model': model}))
    assert finding.where == 'default_scope'


@pytest.mark.slow
@pytest.mark.parametrize(
    'value', [None, 3, 2.5, True, 'x', '', '..', 'a b.c', [], [3], {}, {'a': 1}, {'type': {}}, object]
)
@pytest.mark.parametrize('path', [DETECTOR, CLASSIFIER])
def test_no_value_anywhere_at_the_top_ends_in_a_traceback(configs, path, value):
    cfg = copy.deepcopy(configs[path])
    for place in (cfg, *(part for part in cfg.values() if isinstance(part, dict))):
        for name, before in [*place.items()]:
            place[name] = value
            list(check_keys(cfg))
            place[name] = before
    assert cfg.to_dict() == configs[path].to_dict()


def test_names_of_runtime_cfg_are_those_of_the_runner():
    assert {name: place.default for name, place in places.RUNTIME_HOOKS.items()} == settings.HOOKS
    assert fields.RUNTIME.keys() == {*settings.HOOKS, *settings.PLAIN}


def test_default_hook_of_a_name_of_its_own_is_right(check):
    assert check(CLASSIFIER, **{'default_hooks.mine': {'type': 'EMAHook'}}) == []
    where, said = only(check(CLASSIFIER, **{'default_hooks.chekpoint': {'type': 'CheckpointHook'}}))
    assert where == 'default_hooks.chekpoint'
    assert "'checkpoint'" in said


def test_preprocessor_beside_a_model_that_is_wrapped_is_right(configs):
    cfg = copy.deepcopy(configs[CLASSIFIER])
    cfg.model = {'type': 'mmpretrain.AverageClsScoreTTA', 'module': cfg.model}
    assert list(check_keys(cfg)) == []
