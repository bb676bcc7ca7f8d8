"""No false alarm on what OpenMMLab's libraries ship; benchmarks/config_walk.py walks all of it."""

import pytest

from tests.benchmark_scripts import load

SAMPLE = 200


@pytest.fixture(scope='module')
def benchmark():
    return load('config_walk')


@pytest.mark.slow
def test_sample_of_published_configs_has_no_false_alarm(benchmark):
    files = [each for package in benchmark.PACKAGES for each in benchmark.configs_of(package)]
    assert len(files) > 2500
    walked = list(benchmark.walk(benchmark.chosen(files, SAMPLE, seed=9)))
    alarms = benchmark.false_alarms(walked, benchmark.read_errata())
    assert [f'{one.package} {one.config}: {finding}' for one, finding in alarms] == []
    assert sum(bool(one.unreadable) for one in walked) < SAMPLE // 20
    assert sum(not one.partial for one in walked) > SAMPLE // 2


def test_known_faults_are_found_where_they_are(benchmark):
    errata = {erratum.configs[0]: erratum for erratum in benchmark.read_errata()}
    name = 'resnet/resnet50_8xb32-cutmix_in1k.py'
    files = [
        (package, file) for package, file in benchmark.configs_of('mmpretrain') if str(file).endswith(name)
    ]
    (walked,) = benchmark.walk(files)
    (finding,) = walked.findings
    assert errata[name].covers('mmpretrain', name, finding)
    assert not errata[name].covers('mmdet', name, finding)
    assert benchmark.outdated([walked], [errata[name]]) == []
    assert list(benchmark.false_alarms([walked], [])) == [(walked, finding)]


def test_every_known_fault_says_why(benchmark):
    for erratum in benchmark.read_errata():
        assert erratum.package in benchmark.LIBRARIES
        assert erratum.configs
        assert erratum.key
        assert erratum.what.endswith('.')
        assert len(erratum.why) > 20
