"""The metafiles hold what is counted; layers count as plans."""

import pytest
from mmengine.config import Config

from mmchan.channels import count, get_plan
from mmchan.home import home
from mmchan.measure.complexity import count_layers
from mmchan.runs.config import load_config
from mmchan.zoo.check import cost_faults
from mmchan.zoo.counting import count_entries, count_entry, proposals_of
from mmchan.zoo.metafiles import read_entries

ENTRIES = {entry.name: entry for entry in read_entries()}


@pytest.mark.parametrize('arch', ['regnety-400mf', 'rexnet-1.0x', 'rexnet-lite-1.0x'])
def test_layers_of_a_classifier_count_as_its_plan(arch):
    found = {'regnety': 'regnet/regnety-400mf_8xb128', 'rexnet': 'rexnet/rexnet-1.0x_4xb128'}
    stem = found.get(arch.rsplit('-', 1)[0], 'rexnet_lite/rexnet-lite-1.0x_4xb128')
    cfg = load_config(home() / 'configs' / f'{stem}_in1k.py')
    assert count_layers(cfg, (64, 96)) == count(get_plan(arch), (64, 96))


def test_efficientnet_has_the_published_parameters():
    counted = count_entry(ENTRIES['mmchan_efficientnet-b0_8xb32_in1k'], home())
    assert counted.cost.parameters == 5288548  # mmpretrain's and the authors'


@pytest.mark.parametrize(
    ('name', 'proposals'),
    [
        ('faster-rcnn_regnetx-400mf_fpn_1x_coco', 1000),
        ('faster-rcnn_regnetx-400mf_fpn_1xb8_digits-coco', 100),
        ('mask-rcnn_rexnet-1.0x_fpn_1xb8_digits-coco', 50),
        ('retinanet_regnetx-800mf_fpn_1x_coco', None),
        ('rexnet-1.0x_4xb128_in1k', None),
    ],
)
def test_proposals_are_those_that_the_config_lets_pass(name, proposals):
    assert proposals_of(load_config(home() / ENTRIES[f'mmchan_{name}'].config)) == proposals


@pytest.mark.slow
@pytest.mark.parametrize('metafile', sorted({entry.path for entry in ENTRIES.values() if entry.config}))
def test_metafile_holds_what_is_counted(metafile):
    chosen = [entry for entry in ENTRIES.values() if entry.path == metafile]
    counted = count_entries(chosen, home())
    assert list(cost_faults(counted)) == []
    assert len(counted) == len(chosen)


def test_baselines_are_not_counted(monkeypatch):
    monkeypatch.setattr(Config, 'fromfile', None)
    assert count_entries([entry for entry in ENTRIES.values() if entry.is_baseline], home()) == []
