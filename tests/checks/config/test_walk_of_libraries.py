"""No false alarm on what OpenMMLab's libraries ship; benchmarks/config_walk.py walks all of it."""

import pytest

from mmchan.checks.config.keys import check_keys
from tests.benchmark_scripts import load

SAMPLE = 200
SMALL_SAMPLE = 40  # for what takes longer, as it builds the models
# a known fault of every group
FAULTS = {
    'A training or a test stops': ('mmpretrain', 'resnet/resnet50_8xb32-cutmix_in1k.py'),
    'It starts from a file that nobody ships': (
        'mmseg',
        'vit/vit_deit-s16_upernet_8xb2-80k_ade20k-512x512.py',
    ),
    'The learning rate is for another batch': ('mmdet', 'retinanet/retinanet_r18_fpn_1xb8-1x_coco.py'),
    'A schedule does not fit the training': ('mmpretrain', 'lenet/lenet5_mnist.py'),
    "The classes are others than the data's": ('mmpretrain', 'resnet/resnet50_8xb128_coslr-90e_in21k.py'),
    'Nothing reads it': ('mmpretrain', 'twins/twins-pcpvt-small_8xb128_in1k.py'),
}


@pytest.fixture(scope='module')
def benchmark():
    return load('config_walk')


@pytest.fixture(scope='module')
def files(benchmark):
    files = [each for package in benchmark.PACKAGES for each in benchmark.configs_of(package)]
    assert len(files) > 2500
    return files


def alarms_of(benchmark, walked):
    alarms = benchmark.false_alarms(walked, benchmark.read_errata())
    return [f'{one.package} {one.config}: {finding}' for one, finding in alarms]


@pytest.mark.slow
def test_keys_of_sampled_configs_raise_no_false_alarm(benchmark, files):
    sample = benchmark.chosen(files, SAMPLE, seed=9)
    walked = list(benchmark.walk(sample, check=check_keys))
    assert alarms_of(benchmark, walked) == []
    assert sum(bool(one.unreadable) for one in walked) < SAMPLE // 20
    assert sum(one.checked for one in walked) > SAMPLE // 2


@pytest.mark.slow
def test_whole_check_of_sampled_configs_raises_no_false_alarm(benchmark, files):
    walked = list(benchmark.walk(benchmark.chosen(files, SMALL_SAMPLE, seed=9)))
    assert alarms_of(benchmark, walked) == []
    assert {one.package for one in walked if one.checked} >= set(benchmark.LIBRARIES)
    assert any(one.without_data for one in walked)


@pytest.mark.parametrize('group', FAULTS)
def test_known_fault_is_found_where_it_is(benchmark, files, group):
    package, name = FAULTS[group]
    (walked,) = benchmark.walk(
        [each for each in files if each[0] == package and str(each[1]).endswith(f'configs/{name}')]
    )
    errata = [erratum for erratum in benchmark.read_errata() if erratum.group == group]
    found = [
        finding for finding in walked.findings if any(one.covers(package, name, finding) for one in errata)
    ]
    assert found
    other = next(library for library in benchmark.LIBRARIES if library != package)
    assert not any(one.covers(other, name, finding) for one in errata for finding in found)
    assert alarms_of(benchmark, [walked]) == []
    assert list(benchmark.false_alarms([walked], [])) == [(walked, finding) for finding in walked.findings]


def test_fault_that_nothing_has_is_outdated(benchmark):
    (erratum, *_) = benchmark.read_errata()
    walked = benchmark.Walked(erratum.package, erratum.configs[0])
    assert benchmark.outdated([walked], [erratum]) == [erratum]


def test_every_group_of_faults_has_a_test(benchmark):
    assert {erratum.group for erratum in benchmark.read_errata()} == set(FAULTS)


def test_every_known_fault_says_why(benchmark):
    for erratum in benchmark.read_errata():
        assert erratum.package in benchmark.LIBRARIES
        assert erratum.configs
        assert erratum.keys
        assert erratum.what.endswith('.')
        assert len(erratum.why) > 20
