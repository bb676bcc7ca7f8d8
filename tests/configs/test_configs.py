"""Every shipped config opens with its command; every classifier loads, builds, and its parts fit."""

from pathlib import Path

import mmpretrain
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpretrain.registry import MODELS, TRANSFORMS

from mmchan.channels import find_variant, preprocessing_of
from tests.configs.shipped import (
    BASELINES,
    CLASSIFIERS,
    CONFIGS,
    DETECTORS,
    ROOT,
    entries_of,
    load,
    of_folders,
)

CLASSIFICATION = of_folders(CLASSIFIERS)
IN1K = [path for path in CLASSIFICATION if path.endswith('_in1k.py')]
RECIPES = [path for path in IN1K if path in of_folders(BASELINES)]
MMCLS_TABLE = ['400mf_8xb128', '800mf_8xb128', '1.6gf_8xb128', '3.2gf_8xb64', '4.0gf_8xb64', '6.4gf_8xb64']
MMCLS_TABLE += ['8.0gf_8xb64', '12gf_8xb64']


@pytest.fixture(autouse=True)
def default_scope():
    """mmpretrain's scope, as its Runner sets it."""
    init_default_scope('mmpretrain')


def test_the_mmcls_table_stands_under_its_own_names():
    assert {f'configs/regnet/regnetx-{name}_in1k.py' for name in MMCLS_TABLE} <= set(CONFIGS)


def test_every_folder_belongs_to_a_task():
    assert {path.split('/')[1] for path in CONFIGS} == {*CLASSIFIERS, *DETECTORS}


@pytest.mark.parametrize('path', CONFIGS)
def test_config_is_short_and_opens_with_its_command_and_its_results(path):
    lines = (ROOT / path).read_text().splitlines()
    assert lines[:2] == [f'# python tools/train.py {path}', '# Results: metafile.yml']
    assert len(lines) <= 25


def test_no_address_of_weights_moves():
    """A branch of a repository, such as main on Hugging Face, may hold other weights tomorrow."""
    files = [path for suffix in ('py', 'yml', 'md') for path in ROOT.glob(f'configs/**/*.{suffix}')]
    files += [*ROOT.glob('docs/**/*.md'), ROOT / 'README.md']
    moving = [path.relative_to(ROOT).as_posix() for path in files if '/resolve/main/' in path.read_text()]
    assert moving == []


@pytest.mark.parametrize('path', CONFIGS)
def test_metafile_has_the_results_or_says_that_there_are_none(path):
    described = entries_of(path)
    assert {entry.path for entry in described} == {(Path(path).parent / 'metafile.yml').as_posix()}
    if not any(result['Metrics'] for entry in described for result in entry.results):
        assert all('no result was published' in entry.metadata('Note') for entry in described)


@pytest.mark.slow
@pytest.mark.usefixtures('quick_meta')
@pytest.mark.parametrize('path', CLASSIFICATION)
def test_head_takes_what_the_backbone_gives(path):
    cfg = load(path)
    with torch.device('meta'):
        model = MODELS.build({**cfg.model, 'data_preprocessor': None}).eval()
        feats = model.extract_feat(torch.empty(1, 3, 64, 64))
        scores = model.head(feats)
    assert feats[-1].shape[1] == cfg.model.head.in_channels
    assert scores.shape == (1, cfg.model.head.num_classes)
    arch = cfg.model.backbone.arch
    variant = find_variant(arch if isinstance(arch, str) else arch.variant)
    assert Path(path).name.startswith(f'{variant.name}_')
    assert Path(path).parent.name == variant.family


@pytest.mark.parametrize('path', CLASSIFICATION)
def test_name_batch_and_learning_rate_agree(path):
    cfg = load(path)
    devices, per_device = map(int, Path(path).name.split('_')[-2].split('xb'))
    assert cfg.train_dataloader.batch_size == per_device
    assert cfg.auto_scale_lr.base_batch_size == devices * per_device


@pytest.mark.parametrize('path', [path for path in IN1K if path not in RECIPES])
def test_imagenet_recipe_is_the_papers(path):
    cfg = load(path)
    total, lr = cfg.auto_scale_lr.base_batch_size, cfg.optim_wrapper.optimizer.lr
    kinds = [step.type for step in cfg.train_dataloader.dataset.pipeline]
    optimizer = cfg.optim_wrapper.optimizer
    assert (optimizer.type, optimizer.momentum, optimizer.nesterov) == ('SGD', 0.9, True)
    if 'regnet' in path:
        assert lr == pytest.approx(0.1 * total / 128)
        assert (cfg.train_cfg.max_epochs, optimizer.weight_decay) == (100, 5e-5)
        assert 'mmchan.Lighting' in kinds
        assert [hook.type for hook in cfg.custom_hooks] == ['PreciseBNHook']
        assert not cfg.data_preprocessor.to_rgb
    else:
        assert lr == pytest.approx(0.5 * total / 512)
        assert (cfg.train_cfg.max_epochs, optimizer.weight_decay) == (400, 1e-5)
        assert cfg.optim_wrapper.type == 'AmpOptimWrapper'
        assert cfg.model.head.loss.label_smooth_val == 0.1
        erasing = cfg.train_dataloader.dataset.pipeline[kinds.index('RandomErasing')]
        assert (erasing.erase_prob, erasing.mode) == (0.2, 'rand')
        assert 'RandAugment' in kinds
        assert cfg.data_preprocessor.to_rgb
    assert cfg.param_scheduler[0].end == 5


@pytest.mark.parametrize(
    ('name', 'size'),
    [
        ('regnet/regnetx-400mf_8xb128', 224),
        ('rexnet/rexnet-1.0x_4xb128', 224),
        ('efficientnet_lite/efficientnet-lite0_4xb128', 224),
        ('efficientnet_lite/efficientnet-lite3_4xb128', 300),
    ],
)
def test_pipelines_run_on_a_real_photograph(name, size, tmp_path):
    from PIL import Image
    from sklearn.datasets import load_sample_image

    Image.fromarray(load_sample_image('china.jpg')).save(tmp_path / 'china.jpg')
    cfg = load(f'configs/{name}_in1k.py')
    for loader in (cfg.train_dataloader, cfg.val_dataloader):
        results = {'img_path': str(tmp_path / 'china.jpg'), 'gt_label': 3}
        for step in loader.dataset.pipeline:
            results = TRANSFORMS.build(step)(results)
        assert results['inputs'].shape == (3, size, size)
        assert results['inputs'].dtype == torch.uint8


@pytest.mark.parametrize('path', [path for path in IN1K if '/efficientnet_lite/' in path])
def test_efficientnet_lite_is_tested_as_its_weights_were(path):
    cfg = load(path)
    expected = preprocessing_of(cfg.model.backbone.arch)
    _, resize, crop, _ = cfg.test_dataloader.dataset.pipeline
    assert (resize.scale, resize.edge, resize.interpolation) == (
        expected.edge,
        'short',
        expected.interpolation,
    )
    assert crop.crop_size == expected.size
    assert cfg.data_preprocessor.mean == [255 * value for value in expected.mean]
    assert cfg.data_preprocessor.std == [255 * value for value in expected.std]
    assert cfg.data_preprocessor.to_rgb


@pytest.mark.parametrize('path', RECIPES)
def test_baselines_have_our_network_and_all_else_of_mmpretrains(path):
    folder, name = Path(path).parent.name, Path(path).stem.replace('mobilenet_v2-1.0x', 'mobilenet-v2')
    theirs = Config.fromfile(Path(mmpretrain.__file__).parent / f'.mim/configs/{folder}/{name}.py')
    ours = load(path)
    assert ours.model.backbone.type == 'mmchan.Backbone'
    for part in ('train_dataloader', 'val_dataloader', 'optim_wrapper', 'param_scheduler', 'train_cfg'):
        assert without_scopes(ours[part]) == without_scopes(theirs[part])
    for part in ('neck', 'head'):
        assert without_scopes(ours.model[part]) == without_scopes(theirs.model[part])
    counted = [sum(weight.numel() for weight in on_meta(cfg).parameters()) for cfg in (ours, theirs)]
    assert counted[0] == counted[1]


def on_meta(cfg):
    """A config's model without values; mmpretrain's EfficientNet cannot be built on the meta device."""
    return MODELS.build({**cfg.model, 'data_preprocessor': None}).to('meta')


def without_scopes(part):
    """A part of a config without the library that MMEngine notes where it is inherited."""
    if isinstance(part, list):
        return [without_scopes(value) for value in part]
    if isinstance(part, dict):
        return {key: without_scopes(value) for key, value in part.items() if key != '_scope_'}
    return part
