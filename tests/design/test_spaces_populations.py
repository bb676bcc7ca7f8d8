"""Populations: pure functions of space, seed and count; different networks; tables that say everything."""

import pytest

from mmchan.channels import InputError, get_plan
from mmchan.design import spaces
from mmchan.design.spaces import Band, LogUniform, Space, Uniform, Where, sampling
from mmchan.design.spaces.network import network_id
from tests.design.bands import in_band
from tests.outside import PLAIN, forgotten, install

# the first networks of seed 0 in the band, by digest: they must be the same everywhere, for ever
GOLDEN = {
    'anynetx_a': ['ec1489bb1e1ef7b3', '2b5f519cc7e6085c'],
    'anynetx_b': ['ade89319af4db99f', 'b5744c22e07434e4'],
    'anynetx_c': ['82687302c0c1ad07', '4ef2397d11c03aa8'],
    'anynetx_d': ['54e9f501c99dba86', 'e0cc449834a12f16'],
    'anynetx_e': ['32b3600b437c905b', '216c907ddb233a31'],
    'regnet': ['3aa2c1f2c5c64ad3', '5669355a1a9376f5'],
    'regnetx': ['88b4a8d9cb79066f', 'ab47dae9df2331c8'],
    'regnety': ['54e85f1958d7de31', '81d55db411e4c1cd'],
    'rexnet_linear': ['feed6ccc038ad1cf', '6753fd72e1b59da5'],
    'rexnet_piecewise': ['4e81140d67fc3e7b', 'e95e854c7551995a'],
    'rexnet_stagewise': ['4f7d176427c0da42', 'b32da92f1071473e'],
}


@pytest.mark.parametrize('name', spaces.names())
def test_first_networks_are_the_same_everywhere(name):
    assert spaces.sample(in_band(name), seed=0, count=2).ids.tolist() == GOLDEN[name]


@pytest.mark.parametrize('name', ['anynetx_e', 'regnetx', 'rexnet_linear'])
def test_smaller_population_is_the_beginning_of_a_greater_one(name):
    small, great = (spaces.sample(in_band(name), seed=5, count=count) for count in (37, 160))
    assert (small.table()['id'] == great.table()['id'][:37]).all()
    assert (small.macs == great.macs[:37]).all()
    assert small.archs() == great.archs(range(37))


def test_other_seeds_and_spaces_give_other_networks():
    ids = [set(spaces.sample(in_band(name), seed=seed, count=50).ids) for name, seed in [
        ('anynetx_d', 0), ('anynetx_d', 1), ('anynetx_e', 0), ('anynetx_c', 0),
    ]]  # fmt: skip
    assert len(set.union(*ids)) == sum(map(len, ids))


@pytest.mark.slow
def test_any_number_of_workers_gives_the_same_table():
    alone = spaces.sample(in_band(), seed=2, count=80)
    together = spaces.sample(in_band(), seed=2, count=80, workers=2)
    assert (alone.table() == together.table()).all()
    assert alone.drawn == together.drawn


def test_functions_that_cannot_go_to_workers_are_refused():
    space = in_band().constrained(Where('wide', lambda column: column('w0') > 8))
    with pytest.raises(InputError, match='regnetx cannot go to workers: .*; define its functions'):
        spaces.sample(space, workers=2)


def test_many_networks_show_how_far_they_are(capsys, monkeypatch):
    monkeypatch.setattr(sampling, 'MANY', 50)
    spaces.sample(in_band(), count=49)
    assert capsys.readouterr().err == ''
    spaces.sample(in_band(), count=50)
    assert capsys.readouterr().err == 'drawing regnetx: 50 networks\n'


def test_networks_are_different_and_repeated_ones_are_counted():
    # group widths above the width come down to it, so that many draws are one network
    fixed = {'w0': 16, 'wa': 8, 'wm': 2}
    laws = {**fixed, 'depth': Uniform(4, 9), 'group_width': LogUniform(8, 512, 8)}
    space = Space(name='few', family='regnet', laws=laws)
    found = spaces.sample(space, count=20)
    assert len({get_plan(arch) for arch in found.archs()}) == 20
    assert found.drawn.removed['network there already'] > 0


def test_digest_is_of_the_network_not_of_its_parameters():
    regnet = {'family': 'regnet', 'w0': 24, 'wa': 36.44, 'wm': 2.49, 'depth': 13, 'group_width': 8}
    plan = get_plan(regnet)
    anynet = {
        'family': 'anynet',
        'widths': plan.stage_widths,
        'depths': plan.stage_depths,
        'group_widths': [8] * 4,
    }
    assert network_id(plan) == network_id(get_plan(anynet)) == network_id(get_plan('regnetx-200mf'))
    assert network_id(plan) == network_id(get_plan({**regnet, 'wa': 36.441}))


@pytest.mark.parametrize('change', [
    {'se_ratio': 0.25}, {'group_width': 16}, {'stem_stride': 1}, {'dilations': [1, 1, 1, 2]},
    {'style': 'caffe'}, {'bottleneck_ratio': 0.5},
], ids=str)  # fmt: skip
def test_digest_sees_every_change(change):
    one = {'variant': 'regnetx-200mf'}
    assert network_id(get_plan(one)) != network_id(get_plan({**one, **change}))


@pytest.mark.parametrize(('arguments', 'said'), [
    ({'count': 0}, 'count must be an integer >= 1, got 0'),
    ({'seed': -1}, 'seed must be an integer >= 0, got -1'),
    ({'workers': 0}, 'workers must be an integer >= 1, got 0'),
])  # fmt: skip
def test_wrong_arguments_of_sample_are_refused(arguments, said):
    with pytest.raises(InputError, match=said):
        spaces.sample(spaces.get('regnetx'), **arguments)


def test_family_from_outside_is_sampled_like_ours(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    with forgotten('plain'):
        install(tmp_path, 'plain', PLAIN)
        space = spaces.usual('plain', constraints=(Band('macs', high=500e6),))
        found = spaces.sample(space, count=5)
        found.write(tmp_path / 'population.jsonl')
        assert spaces.read(tmp_path / 'population.jsonl').archs() == found.archs()
        assert {plan.family for plan in map(get_plan, found.archs())} == {'plain'}
        assert found.macs.max() <= 500e6


@pytest.mark.slow
def test_row_builds_a_backbone():
    import torch

    from mmchan.registry import MODELS

    found = spaces.sample(spaces.get('rexnet_piecewise', macs=(20e6, 40e6)), count=2)
    for index in range(2):
        backbone = MODELS.build(found.config(index)).eval()
        with torch.no_grad():
            (out,) = backbone(torch.rand(1, 3, 32, 32))
        assert out.shape[1] == 640
        weights = sum(weight.numel() for weight in backbone.parameters())
        assert weights + 640 * 100 + 100 == found.parameters[index]
