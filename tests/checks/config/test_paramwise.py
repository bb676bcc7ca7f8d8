"""Names in custom_keys that are nearly those of a parameter are told; others may be of a shared schedule."""

import pytest
from torch import nn

from mmchan.checks.config.paramwise import check_custom_keys
from mmchan.findings import WARN

PARTS = {'norm': nn.LayerNorm(2), 'absolute_pos_embed': nn.Linear(2, 2)}
MODEL = nn.ModuleDict({'backbone': nn.ModuleDict(PARTS)})


def found(key):
    return list(check_custom_keys({'paramwise_cfg': {'custom_keys': {key: {'decay_mult': 0}}}}, MODEL))


@pytest.mark.parametrize('key', ['norm', 'backbone', '.absolute_pos_embed', '.relative_position_bias_table'])
def test_name_of_a_parameter_and_name_far_from_all_are_fine(key):
    assert found(key) == []


@pytest.mark.parametrize(
    ('key', 'near'),
    [
        ('.absoluet_pos_embed', 'absolute_pos_embed'),
        ('bacbone.norm', 'backbone.norm'),
        ('.backbone.norm', 'backbone.norm'),
    ],
)
def test_name_near_a_parameter_is_told(key, near):
    (finding,) = found(key)
    assert (finding.state, finding.where) == (WARN, f'optim_wrapper.paramwise_cfg.custom_keys.{key}')
    assert finding.remedy == f'did you mean {near!r}?'
