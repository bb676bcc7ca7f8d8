"""Detectors of a few channels, one of every kind that can be exported, with random weights."""

import re
from collections import defaultdict

import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

from mmchan import compat
from mmchan.deploy.detection.loading import Loaded, as_loaded
from mmchan.deploy.detection.reference import predict_input

CLASSES = ('round', 'square', 'other')
WIDTHS = (8, 8, 16, 16)
WIDTH = 8  # of the pyramid
NORM = {'type': 'BN'}
SCORES = r'(fc_cls|rpn_cls|retina_cls|conv_logits|cls_convs\.\d\.1)$'  # the layers that give logits
SPREAD = 1.5  # of logits
BACKBONE = {
    'type': 'mmchan.Backbone',
    'arch': {
        'family': 'anynet',
        'widths': WIDTHS,
        'depths': (1, 1, 1, 1),
        'group_widths': (8, 8, 8, 8),
        'stem_width': 8,
    },
    'out_indices': (0, 1, 2, 3),
}
BASES = {
    'faster': 'faster-rcnn_r50_fpn',
    'mask': 'mask-rcnn_r50_fpn',
    'cascade': 'cascade-mask-rcnn_r50_fpn',
    'retina': 'retinanet_r50_fpn',
}
PIPELINE = [
    {'type': 'LoadImageFromFile'},
    {'type': 'Resize', 'scale': (96, 64), 'keep_ratio': True},
    {'type': 'LoadAnnotations', 'with_bbox': True},
    {'type': 'PackDetInputs'},
]


def config(kind: str) -> Config:
    """The config of a tiny detector: 'faster', 'mask', 'cascade', 'retina' or 'ssd'."""
    if kind == 'ssd':
        found = Config({'model': _ssd()})
    else:
        found = Config.fromfile(_base(BASES[kind]))
        found.model.backbone = BACKBONE
        found.model.neck.update(in_channels=list(WIDTHS), out_channels=WIDTH)
        (_shrink_one_stage if kind == 'retina' else _shrink_two_stages)(found.model)
    found.test_dataloader = {'dataset': {'pipeline': PIPELINE}}
    return found


def _base(name: str) -> str:
    from mmengine.utils import get_installed_path

    return f'{get_installed_path("mmdet")}/.mim/configs/_base_/models/{name}.py'


def _shrink_one_stage(model: dict) -> None:
    model.neck.update(start_level=0, num_outs=4, add_extra_convs=False)
    anchors = {**model.bbox_head.anchor_generator, 'strides': [4, 8, 16, 32]}
    model.bbox_head.update(
        num_classes=len(CLASSES),
        in_channels=WIDTH,
        feat_channels=WIDTH,
        stacked_convs=1,
        anchor_generator=anchors,
    )
    model.test_cfg.update(score_thr=0.0099, nms_pre=80)


def _shrink_two_stages(model: dict) -> None:
    model.rpn_head.update(in_channels=WIDTH, feat_channels=WIDTH)
    head = model.roi_head
    head.bbox_roi_extractor.update(out_channels=WIDTH)
    for box_head in head.bbox_head if isinstance(head.bbox_head, list) else [head.bbox_head]:
        box_head.update(in_channels=WIDTH, fc_out_channels=16, num_classes=len(CLASSES))
    if 'mask_head' in head:
        head.mask_roi_extractor.update(out_channels=WIDTH)
        head.mask_head.update(
            in_channels=WIDTH, conv_out_channels=WIDTH, num_convs=1, num_classes=len(CLASSES)
        )
    model.test_cfg.rpn.update(nms_pre=60, max_per_img=40)
    model.test_cfg.rcnn.update(max_per_img=20)


def _ssd() -> dict:
    levels = (16, 16, 16)
    act = {'type': 'ReLU6'}
    return {
        'type': 'SingleStageDetector',
        'data_preprocessor': {
            'type': 'DetDataPreprocessor',
            'mean': [103.53, 116.28, 123.675],
            'std': [57.4, 57.1, 58.4],
        },
        'backbone': {**BACKBONE, 'out_indices': (2, 3)},
        'neck': {
            'type': 'SSDNeck',
            'in_channels': levels[:2],
            'out_channels': levels,
            'level_strides': (2,),
            'level_paddings': (1,),
            'l2_norm_scale': None,
            'use_depthwise': True,
            'norm_cfg': NORM,
            'act_cfg': act,
        },
        'bbox_head': {
            'type': 'SSDHead',
            'in_channels': levels,
            'num_classes': len(CLASSES),
            'use_depthwise': True,
            'norm_cfg': NORM,
            'act_cfg': act,
            'anchor_generator': {
                'type': 'SSDAnchorGenerator',
                'scale_major': False,
                'strides': [16, 32, 64],
                'ratios': [[2], [2], [2]],
                'min_sizes': [16, 30, 45],
                'max_sizes': [30, 45, 60],
            },
            'bbox_coder': {'type': 'DeltaXYWHBBoxCoder', 'target_stds': [0.1, 0.1, 0.2, 0.2]},
        },
        'test_cfg': {
            'nms_pre': 100,
            'nms': {'type': 'nms', 'iou_threshold': 0.45},
            'min_bbox_size': 0,
            'score_thr': 0.02,
            'max_per_img': 50,
        },
    }


def build(kind: str, *, preprocessing: bool, threshold: float | None = None) -> Loaded:
    """A tiny detector with weights that make it find much, of all classes, of very different scores.

    Args:
        kind: As for :func:`config`.
        preprocessing: Whether it is inside.
        threshold: Least score in place of the config's.
    """
    from mmdet.registry import MODELS

    compat.apply()
    init_default_scope('mmdet')
    cfg = config(kind)
    if threshold is not None:
        cfg.model.test_cfg.get('rcnn', cfg.model.test_cfg)['score_thr'] = threshold
    torch.manual_seed(0)
    model = MODELS.build(cfg.model)
    model.dataset_meta = {'classes': CLASSES}
    compat.let_ssd_heads_predict()
    _enliven(model)
    loaded = as_loaded(model, cfg, name=kind)
    return loaded.with_preprocessing() if preprocessing else loaded


def _enliven(model: torch.nn.Module) -> None:
    """Let the scores of every class vary from place to place, neither all alike nor all near 0 or 1."""
    outputs = defaultdict(list)
    heads = {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)) and re.search(SCORES, name)
    }
    hooks = [
        module.register_forward_hook(lambda _, __, output, name=name: outputs[name].append(output))
        for name, module in heads.items()
    ]
    image = torch.randn(1, 3, 64, 96, generator=torch.Generator().manual_seed(1))
    predict_input(model.eval(), model, image.numpy())
    for hook in hooks:
        hook.remove()
    for name, found in outputs.items():
        values = torch.cat([one.movedim(1, -1).flatten(0, -2) for one in found])
        spread, middle = values.std(dim=0), values.mean(dim=0)
        layer = heads[name]
        with torch.no_grad():
            layer.weight.mul_((SPREAD / spread).reshape(-1, *[1] * (layer.weight.ndim - 1)))
            layer.bias.copy_((layer.bias - middle) * SPREAD / spread)
