"""What classes take is known through their ``**kwargs``."""

import functools
from typing import Optional, Union

import pytest
from mmengine.hooks import CheckpointHook, EMAHook
from mmengine.model import BaseModule
from mmengine.optim import MultiStepLR
from mmengine.registry import DATASETS, MODELS, TRANSFORMS
from mmengine.utils import deprecated_api_warning
from torch import nn
from torch.optim import SGD

from mmchan.checks.config.registered import find_all
from mmchan.checks.config.signatures import accepted


class Base(BaseModule):
    """A base.

    Args:
        depth (int): How deep.
        widths (list[int] | None): How wide.
    """

    def __init__(self, depth, widths=None, *, scale: float = 1.0, init_cfg: dict | None = None):
        super().__init__(init_cfg)


class Handing(Base):
    def __init__(self, rate: int, **kwargs):
        super().__init__(widths=[rate], **kwargs)


class Positional(Base):
    def __init__(self, *args, rate=1, **kwargs):
        super().__init__(3, *args, **kwargs)


class Taking(Base):
    def __init__(self, **kwargs):
        self.rate = kwargs.pop('rate', 1)
        if 'mode' in kwargs:
            self.mode = kwargs['mode']
        kwargs = dict(scale=2.0, **kwargs)
        super().__init__(**kwargs)


class Skipping(Handing):
    def __init__(self, **kwargs):
        super(Handing, self).__init__(**kwargs)


class Named(Base):
    def __init__(self, size, **kwargs):
        Base.__init__(self, size, **kwargs)


class Other:
    def __init__(self, size, **more):
        self.inner = Base(size, **more)


class Keeping:
    def __init__(self, name: str, **kwargs):
        self.settings = kwargs

    def call(self):
        return Base(1, **self.settings)


class Building:
    def __init__(self, kind='Base', **kwargs):
        self.cfg = dict(type=kind, **kwargs)


class Swallowing(Base):
    def __init__(self, depth, **kwargs):
        super().__init__(depth)


class Unclear:
    def __init__(self, **kwargs):
        for name, value in kwargs.items():
            setattr(self, name, value)


class StandIn:
    def __init__(self, *args, **kwargs):
        raise ImportError


class Renamed:
    @deprecated_api_warning({'width': 'channels'})
    def __init__(self, channels):
        pass


def build(width, **kwargs):
    return Base(width, **kwargs)


@pytest.mark.parametrize(
    ('kind', 'names', 'required'),
    [
        (Base, 'depth widths scale init_cfg', 'depth'),
        (Handing, 'rate depth scale init_cfg', 'rate depth'),
        (Positional, 'rate widths scale init_cfg', ''),
        (Taking, 'rate mode depth widths scale init_cfg', 'depth'),
        (Skipping, 'depth widths scale init_cfg', 'depth'),
        (Named, 'size widths scale init_cfg', 'size'),
        (Other, 'size widths scale init_cfg', 'size'),
        (Keeping, 'name widths scale init_cfg', 'name'),
        (Renamed, 'width channels', 'channels'),
        (build, 'width widths scale init_cfg', 'width'),
        (functools.partial(build, 3, scale=1.0), 'widths init_cfg', ''),
        (BaseModule, 'init_cfg', ''),
        (nn.ReLU, 'inplace', ''),
    ],
)
def test_arguments_are_followed(kind, names, required):
    taken = accepted(kind)
    assert set(taken.kinds) == set(names.split())
    assert taken.required == set(required.split())
    assert not taken.open
    assert not taken.deaf


def test_arguments_that_go_elsewhere_are_open():
    assert accepted(Unclear).open
    assert accepted(StandIn).open
    assert accepted(nn.Identity).open
    assert accepted(max).open


def test_arguments_that_nothing_reads_are_told():
    taken = accepted(Swallowing)
    assert taken.deaf
    assert not taken.open
    assert set(taken.kinds) == {'depth'}


def test_parts_that_are_built_of_the_rest_are_told():
    assert accepted(Building).builds == {'kind': 'Base'}


def annotated(
    number: int,
    flag: bool,
    text: str,
    either: Union[int, str],  # noqa: UP007 (as OpenMMLab writes it)
    maybe: Optional[int],  # noqa: UP045
    several: list[int],
    part: dict,
    anything: object,
    late: 'int',
    unknown: 'Nothing',  # noqa: F821
    lies: int = None,  # noqa: RUF013
    rate=0.1,
    switch=False,
):
    pass


@pytest.mark.parametrize(
    ('name', 'right', 'wrong'),
    [
        ('number', [1, 2.0], ['1', None, [1], {'a': 1}]),
        ('flag', [True], ['yes', None, 1.5]),
        ('text', ['a'], [1, None, ['a']]),
        ('either', [1, 'a'], [None, [1]]),
        ('maybe', [1, None], ['a', [1]]),
        ('several', [[1], (1, 2)], [1, 'a', {'a': 1}]),
        ('part', [{'type': 'A'}, None, [{'type': 'A'}]], [1, 'a', ['a'], [{'a': 1}]]),
        ('anything', [1, 'a', None, [1]], []),
        ('late', [1], ['a']),
        ('unknown', [1, 'a'], []),
        ('lies', [1, None], ['a']),
        ('rate', [0.1, 1, None], ['0.1', {'a': 1}]),
        ('switch', [True, 0, None], ['yes', [True]]),
    ],
)
def test_kinds_are_those_of_annotation_and_default(name, right, wrong):
    kinds = accepted(annotated).kinds[name]
    assert all(kinds.take(value) for value in right)
    assert not any(kinds.take(value) for value in wrong)


def test_kinds_are_those_of_docstrings_where_nothing_is_annotated():
    kinds = accepted(Handing).kinds
    assert kinds['depth'].take(50)
    assert not kinds['depth'].take('50')
    assert not kinds['depth'].take(None)
    assert str(accepted(Base).kinds['widths']) == 'a number or a list or None'


class Asking:
    def __init__(self, width: int):
        self.width = int(width) if isinstance(width, str) else width


class Looking:
    """Looks something up.

    Args:
        stage (int): Of several.
    """

    def __init__(self, stage):
        self.setting = {'18': 2}
        self.chosen = self.setting[stage]


def test_kinds_that_code_asks_for_are_taken():
    assert accepted(Asking).kinds['width'].take('18')
    assert not accepted(Asking).kinds['width'].take(None)


def test_keys_may_be_of_any_kind():
    assert accepted(Looking).kinds['stage'].take('18')


@pytest.mark.parametrize(
    ('kind', 'known', 'unknown'),
    [
        (CheckpointHook, 'interval save_best by_epoch save_optimizer', 'intervall'),
        (MultiStepLR, 'milestones gamma by_epoch optimizer', 'param_name'),
        (SGD, 'lr momentum nesterov', 'momentun'),
    ],
)
def test_mmengines_classes_are_known(kind, known, unknown):
    taken = accepted(kind)
    assert set(known.split()) <= taken.kinds.keys()
    assert unknown not in taken.kinds
    assert not taken.open


@pytest.mark.parametrize(
    ('root', 'name', 'known'),
    [
        (MODELS, 'mmdet.Shared2FCBBoxHead', 'num_classes in_channels loss_cls init_cfg fc_out_channels'),
        (MODELS, 'mmdet.VFNetHead', 'num_classes in_channels strides dcn_on_last_conv'),
        (MODELS, 'mmpretrain.ImageClassifier', 'backbone neck head pretrained train_cfg data_preprocessor'),
        (MODELS, 'mmchan.ReXNet', 'arch out_indices drop_path_rate init_cfg'),
        (DATASETS, 'mmdet.CocoDataset', 'ann_file data_root filter_cfg pipeline return_classes'),
        (DATASETS, 'mmpretrain.ImageNet', 'split data_root pipeline with_label lazy_init'),
        (TRANSFORMS, 'mmpretrain.torchvision/RandomResizedCrop', 'size scale ratio interpolation'),
    ],
)
def test_classes_of_the_libraries_are_known(root, name, known):
    (kind,) = find_all(name, 'mmengine', [root])
    taken = accepted(kind)
    assert set(known.split()) <= taken.kinds.keys()
    assert not taken.open


def test_hooks_that_build_a_part_are_known():
    assert accepted(EMAHook).builds == {'ema_type': 'ExponentialMovingAverage'}
