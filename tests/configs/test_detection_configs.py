"""Every detection config loads, builds its detector, and its parts, weights, name and results fit."""

import json
import re
from functools import cache
from pathlib import Path

import mmdet
import pytest
import torch
import yaml
from mmdet.registry import MODELS
from mmengine.optim import OptimWrapper
from mmengine.registry import init_default_scope
from mmengine.runner import load_checkpoint
from torch.nn.modules.batchnorm import _BatchNorm

from mmchan.channels import Cost, find_variant, get_plan
from mmchan.errors import InputError
from mmchan.layouts.colours import BGR, RGB, colour_order
from mmchan.layouts.renaming import convert_state_dict
from mmchan.measure.complexity import count_backbone_plan, count_model
from mmchan.models.classifier import Classifier
from mmchan.models.layers import SqueezeExcite
from tests.batches import detection_batch
from tests.configs.shipped import DETECTORS, entries_of, header, load, metrics_of, of_folders
from tests.golden import FOLDER, REGNET
from tests.models.networks import images, randomise

pytestmark = pytest.mark.slow  # every config is read and built

DETECTION = of_folders(DETECTORS)
COCO = [path for path in DETECTION if not path.endswith('digits-coco.py')]
REGNETS = [path for path in COCO if '_regnet' in path]
REXNETS = [path for path in COCO if '_rexnet' in path]
EFFICIENTNETS = [path for path in COCO if '_efficientnet' in path]
PUBLISHED = json.loads((FOLDER / 'detection.json').read_text())
MEAN = {RGB: [123.675, 116.28, 103.53], BGR: [103.53, 116.28, 123.675]}
STD = {RGB: [58.395, 57.12, 57.375], BGR: [57.375, 57.12, 58.395]}
WITHOUT_WEIGHTS = ('rexnet-0.9x', 'rexnet-2.2x')
EPOCHS = {'1x': 12, '2x': 24, 'ms-3x': 36, 'ms-poly-3x': 36, '8xb24-600e': 600}


@pytest.fixture(autouse=True)
def default_scope():
    """mmdet's scope, as its Runner sets it."""
    init_default_scope('mmdet')


@cache
def build(path: str):
    """The detector of a config, without memory; tests share it."""
    with torch.device('meta'):
        return MODELS.build(load(path).model)


def detector_and_backbone(path: str) -> list[str]:
    """The first two fields of a config's name, such as faster-rcnn and rexnet-1.0x."""
    return Path(path).stem.split('_')[:2]


def checkpoint_of(path: str) -> str | None:
    """What the backbone starts from."""
    init = load(path).model.backbone.get('init_cfg') or {}
    return init.get('checkpoint')


@pytest.mark.usefixtures('quick_meta')
@pytest.mark.parametrize('path', DETECTION)
def test_neck_takes_what_the_backbone_gives(path):
    cfg = load(path).model
    detector = build(path)
    detector.eval()
    device = next(detector.parameters()).device
    maps = detector.backbone(torch.zeros(1, 3, 320, 320, device=device))
    assert [feature.shape[1] for feature in maps] == list(cfg.neck.in_channels)
    levels = detector.neck(maps)
    head = cfg.bbox_head if 'bbox_head' in cfg else cfg.rpn_head
    strides = head.anchor_generator.get('strides') or [8, 16, 32, 64, 128]  # RetinaNet's are computed
    assert len(levels) == len(strides)
    assert [-(-320 // level.shape[-1]) for level in levels[:3]] == list(strides[:3])


@pytest.mark.parametrize('path', DETECTION)
def test_name_agrees_with_the_detector_and_the_backbone(path):
    kind, backbone = detector_and_backbone(path)
    cfg = load(path).model
    folder = {'cascade-mask-rcnn': 'cascade_rcnn'}.get(kind, kind.replace('-', '_'))
    assert Path(path).parent.name == folder
    assert ('mask' in kind) == build(path).with_mask
    if 'arch' in cfg.backbone and cfg.backbone.type.startswith('mmchan.'):
        assert find_variant(cfg.backbone.arch).name == backbone
    else:
        assert backbone in ('r50', 'x101-32x4d')


def variant_of_weights(checkpoint: str) -> str:
    """The variant that a checkpoint's address names."""
    name = checkpoint.partition('://')[2]
    multiplier = re.search(r'/rexnet(?:v1)?_(\d)(\d)0', name)
    if multiplier:
        return f'rexnet-{multiplier.group(1)}.{multiplier.group(2)}x'
    file = name.rpartition('/')[2].removesuffix('_dds_8gpu.pyth')
    return find_variant(file.partition('_3rdparty')[0]).name


@pytest.mark.parametrize('path', [*REGNETS, *REXNETS, *EFFICIENTNETS])
def test_weights_are_those_of_the_variant(path):
    backbone, checkpoint = detector_and_backbone(path)[1], checkpoint_of(path)
    if backbone in WITHOUT_WEIGHTS:
        assert checkpoint is None
        assert 'model.backbone.init_cfg.checkpoint=FILE' in header(path)
        return
    assert load(path).model.backbone.init_cfg.type == 'mmchan.Pretrained'
    assert variant_of_weights(checkpoint) == backbone
    if '/pycls/' in checkpoint:
        ids = {row['name'].lower(): row['pycls_id'] for row in REGNET}
        assert f'/{ids[backbone]}/' in checkpoint


@pytest.mark.parametrize('path', COCO)
def test_colour_order_is_that_of_the_weights(path):
    pixels = load(path).model.data_preprocessor
    checkpoint = checkpoint_of(path)
    order = colour_order(checkpoint) if checkpoint else RGB
    assert pixels.bgr_to_rgb is (order == RGB)
    assert (pixels.mean, pixels.std) == (MEAN[order], STD[order])
    assert ('_regnet' in path) == (order == BGR)


def test_colour_order_of_an_unknown_source_is_refused():
    for checkpoint in ('work_dirs/best.pth', 'https://example.org/pycls/x.pyth', 'open-mmlab://unheard_of'):
        with pytest.raises(InputError, match=r'colour order is known.*, got '):
            colour_order(checkpoint)


@pytest.mark.parametrize('path', COCO)
def test_batch_norm_of_the_backbone_keeps_its_statistics_in_training(path):
    backbone = build(path).backbone
    backbone.train()
    norms = [module for module in backbone.modules() if isinstance(module, _BatchNorm)]
    assert norms
    assert not any(norm.training for norm in norms)
    in_squeeze = [name for name, module in backbone.named_modules() if '.se.' in name and module in norms]
    assert bool(in_squeeze) == ('_rexnet' in path)  # the others' has no BN
    assert not next(backbone.parameters()).requires_grad  # the stem is frozen


@pytest.mark.parametrize('path', COCO)
def test_schedule_is_that_of_the_name(path):
    cfg = load(path)
    data = cfg.train_dataloader.dataset
    repeats = data.times if data.type == 'RepeatDataset' else 1
    name = next(name for name in EPOCHS if f'_{name}_' in path)
    assert cfg.train_cfg.max_epochs * repeats == EPOCHS[name]
    assert cfg.auto_scale_lr.base_batch_size == 8 * cfg.train_dataloader.batch_size
    if '_regnet' in path:
        assert cfg.optim_wrapper.optimizer.weight_decay == 5e-5


@pytest.mark.parametrize('path', DETECTION)
def test_masks_are_evaluated_where_they_are_trained(path):
    metric = load(path).test_evaluator.metric
    assert ('segm' in metric) == build(path).with_mask
    assert load(path).val_evaluator.metric == metric


def mmdet_table() -> dict[str, dict[str, float]]:
    """Rows of mmdet's RegNet table under our names -> the metrics that the zoo must quote."""
    file = Path(mmdet.__file__).parent / '.mim' / 'configs' / 'regnet' / 'metafile.yml'
    table = {}
    for row in yaml.safe_load(file.read_text())['Models']:
        name = row['Name'].replace('4GF', '4.0GF').replace('6.4.0', '6.4').replace('8GF', '8.0GF').lower()
        table[name] = dict(item for part in row['Results'] for item in part['Metrics'].items())
    return {name: quoted for name, quoted in table.items() if 'mdconv' not in name}


@pytest.mark.parametrize('name', mmdet_table())
def test_every_row_of_mmdets_table_is_there_with_its_result(name):
    path = next(path for path in COCO if Path(path).stem == name)
    assert metrics_of(path, 'mmdet ') == mmdet_table()[name]


@pytest.mark.parametrize(
    ('kind', 'backbone'), [(kind, name) for kind in PUBLISHED if kind != 'source' for name in PUBLISHED[kind]]
)
def test_every_row_of_the_rexnet_paper_is_there_with_its_result(kind, backbone):
    row = PUBLISHED[kind][backbone]
    path = next(path for path in COCO if detector_and_backbone(path) == [kind, backbone])
    quoted = metrics_of(path, 'arXiv:2007.00992')
    for what in {'box', 'mask'} & row.keys():
        assert [quoted[f'{what} AP{over}'] for over in ('', '@0.5', '@0.75')] == row[what]


# relative tolerance of the MACs; mmdet's own table gives 207.07 G for ResNet-50
EXACT = {'rexnet-0.9x': 0.01, 'rexnet-1.0x': 0.01, 'rexnet-2.2x': 0.01, 'r50': 0.025}


@pytest.mark.parametrize('backbone', EXACT)
def test_cost_of_faster_rcnn_is_the_published(backbone):
    row = PUBLISHED['faster-rcnn'][backbone]
    total = count_model(load(f'configs/faster_rcnn/faster-rcnn_{backbone}_fpn_1x_coco.py'), (1280, 800))[
        'total'
    ]
    assert total.parameters / 1e6 == pytest.approx(row['params_m'], rel=0.005)
    assert total.macs / 1e9 == pytest.approx(row['macs_g'], rel=EXACT[backbone])


@pytest.mark.parametrize('path', EFFICIENTNETS)
def test_efficientnet_takes_what_a_detector_with_mmdets_own_has_learnt(path, tmp_path):
    """mmdet's out indices and frozen stages count the stem; its checkpoints go on here."""
    cfg = load(path).model
    own = {'type': 'EfficientNet', 'arch': 'b0', 'out_indices': (2, 3, 4, 5), 'frozen_stages': 2}
    theirs = MODELS.build({**cfg, 'backbone': {**own, 'norm_eval': True}})
    randomise(theirs)
    file = tmp_path / 'detector.pth'
    torch.save({'state_dict': theirs.state_dict()}, file)
    ours = MODELS.build(cfg)
    load_checkpoint(ours, str(file), strict=True)
    image = images(1, 96)
    with torch.no_grad():
        pairs = list(zip(ours.eval().extract_feat(image), theirs.extract_feat(image), strict=True))
    assert all((one - other).abs().max() < 1e-5 for one, other in pairs)
    assert all(one.std() > 1e-3 for one, _ in pairs)
    frozen = [
        sum(weight.numel() for weight in detector.backbone.parameters() if not weight.requires_grad)
        for detector in (ours.train(), theirs.train() or theirs)
    ]
    assert frozen[0] == frozen[1] > 0


@pytest.mark.parametrize('path', EFFICIENTNETS)
def test_efficientnet_starts_from_the_file_that_mmpretrain_publishes(path, tmp_path):
    classifier = Classifier('efficientnet-b0')
    plan = get_plan('efficientnet-b0')
    weights = convert_state_dict(classifier.state_dict(), plan, source='mmchan', target='mmpretrain')
    file = tmp_path / checkpoint_of(path).rpartition('/')[2]
    torch.save({'state_dict': weights}, file)
    settings = load(path).model.backbone
    backbone = MODELS.build({**settings, 'init_cfg': {**settings.init_cfg, 'checkpoint': str(file)}})
    backbone.init_weights()
    wanted = classifier.backbone.state_dict()
    assert all(torch.equal(tensor, wanted[key]) for key, tensor in backbone.state_dict().items())


def test_mask_head_is_counted_apart():
    row = PUBLISHED['mask-rcnn']['rexnet-1.0x']
    cfg = load('configs/mask_rcnn/mask-rcnn_rexnet-1.0x_fpn_1x_coco.py')
    costs = count_model(cfg, (1280, 800))
    assert costs['total'].parameters / 1e6 == pytest.approx(row['params_m'], rel=0.005)
    without_masks = costs['total'].macs - costs['mask_head'].macs
    assert without_masks / 1e9 == pytest.approx(row['macs_g'], rel=0.01)
    parts = [cost for name, cost in costs.items() if name != 'total']
    assert sum(parts, Cost()) == costs['total']


@pytest.mark.parametrize('backbone', PUBLISHED['ssdlite'])
def test_cost_of_ssdlite_is_near_the_published_and_as_the_metafile_says(backbone):
    row = PUBLISHED['ssdlite'][backbone]
    path = f'configs/ssdlite/ssdlite_{backbone}_8xb24-600e_coco.py'
    total = count_model(load(path), (320, 320))['total']
    assert total.parameters / 1e6 == pytest.approx(row['params_m'], rel=0.03)
    assert total.macs / 1e9 == pytest.approx(row['macs_g'], rel=0.03)
    (entry,) = entries_of(path)
    assert entry.counted.cost == total
    quoted = f'{row["params_m"]:.1f} M parameters and {row["macs_g"]:.2f} G MACs'
    assert quoted in entry.metadata('Note')


@pytest.mark.parametrize('path', [REXNETS[0], REGNETS[0]])
def test_plan_counts_the_backbone_inside_the_detector(path):
    cfg = load(path)
    backbone = build(path).backbone
    exact = count_backbone_plan(cfg, (1280, 800))
    assert exact.parameters == sum(weight.numel() for weight in backbone.parameters())


def test_rexnet_trains_with_one_image_a_gpu():
    torch.manual_seed(0)  # of the samplers of boxes
    cfg = load('configs/faster_rcnn/faster-rcnn_rexnet-1.0x_fpn_1x_coco.py')
    detector = randomise(MODELS.build(cfg.model))
    detector.train()
    squeeze = next(m for m in detector.backbone.layer5.modules() if isinstance(m, SqueezeExcite))
    statistics, weight = squeeze.conv1.bn.running_mean.clone(), squeeze.conv1.conv.weight.clone()
    optimizer = OptimWrapper(torch.optim.SGD(detector.parameters(), lr=0.01))
    losses = detector.train_step(detection_batch(), optimizer)
    assert all(value.isfinite() for value in losses.values())
    assert torch.equal(squeeze.conv1.bn.running_mean, statistics)
    assert not torch.equal(squeeze.conv1.conv.weight, weight)
