"""An option that leads nowhere is named, with the nearest key that leads somewhere."""

import pytest
from mmengine.config import Config

from mmchan.errors import InputError
from mmchan.runs.merging import merge_options

SCHEDULE = [{'type': 'LinearLR', 'end': 5}, {'type': 'CosineAnnealingLR', 'begin': 5, 'end': 100}]


@pytest.fixture
def cfg():
    return Config(
        {'param_scheduler': SCHEDULE, 'model': {'backbone': {'arch': 'a', 'depths': [1, 2], 'neck': None}}}
    )


def test_values_are_merged_into_a_copy(cfg):
    merged = merge_options(
        cfg, {'param_scheduler.1.end': 7, 'model.backbone.arch': 'b', 'model.head.type': 'c'}
    )
    assert merged.param_scheduler[1].end == 7
    assert merged.model.backbone.arch == 'b'
    assert merged.model.head.type == 'c'
    assert cfg.param_scheduler[1].end == 100
    assert merge_options(cfg, None).to_dict() == cfg.to_dict()


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'param_scheduler.7.end': 3}, r"7\.end=3: param_scheduler has 2 items.*'param_scheduler\.1\.end'\?"),
        ({'param_scheduler.typ': 'X'}, r"is a list.* not names like 'typ'; .*'param_scheduler\.\d\.type'\?"),
        ({'param_scheduler.-1.end': 3}, "is a list, whose items have numbers, not names like '-1'"),
        ({'param_scheduler.²': 3}, 'is a list, whose items have numbers'),
        ({'param_scheduler.0': 3}, 'is a list, whose items can only be set with the whole list'),
        ({'model.backbone.depths.0': 3}, 'depths is a list, whose items can only be set with the whole list'),
        ({'model.backbone.arch.x': 3}, "model.backbone.arch is 'a', which can only be set as a whole"),
        ({'model.backbone.neck.x.y': 3}, 'model.backbone.neck is None, which can only be set as a whole'),
        ({'model.head': 'a', 'model.head.type': 'b'}, "model.head.type is a part of model.head, .* to 'a'"),
        ({'model.head.type': 'b', 'model.head': 'a'}, "model.head.type is a part of model.head, .* to 'a'"),
    ],
)
def test_option_that_does_not_fit_is_named(cfg, options, message):
    with pytest.raises(InputError, match=f'--cfg-options .*{message}'):
        merge_options(cfg, options)
