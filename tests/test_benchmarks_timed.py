"""What benchmarks of speed have in common: results of one shape, contestants, peers, the page's tables."""

import json
import re
import sys

import pytest
import torch

from mmchan.channels import get_plan
from mmchan.measure.timing import Timing
from mmchan.models import Classifier
from tests.benchmark_scripts import load
from tests.cli.command_lines import ROOT
from tests.models.networks import images, randomise


@pytest.fixture(scope='module')
def measured():
    """The extension of the site."""
    sys.path.insert(0, str(ROOT / 'docs' / '_ext'))
    try:
        import measured

        return measured
    finally:
        sys.path.pop(0)


def groups(timed):
    """A group of times and one of amounts."""
    timings = {'ours': Timing((0.5, 1.0, 1.5)), 'theirs': Timing((1.0, 2.0, 3.0))}
    notes = {'ours': 'two threads'}
    return [
        timed.timed('a step', timings, 'theirs', images=16, aim={'ours': 2.5}, notes=notes),
        timed.counted('its memory', {'ours': 25.0, 'theirs': 100.0}, 'theirs', unit='MiB'),
    ]


def test_results_are_kept_with_quartiles_ratios_and_the_machine(tmp_path, capsys):
    timed = load('timed')
    timed.write('any', groups(timed), command='python any.py', threads=3, out=tmp_path / 'any.json')
    kept = json.loads((tmp_path / 'any.json').read_text())
    ours, theirs = kept['groups'][0]['rows']
    assert ours == {
        'name': 'ours',
        'value': [750.0, 1000.0, 1250.0],
        'ratio': [2.0, 2.0, 2.0],
        'images': 16.0,
        'note': 'two threads',
    }
    assert theirs['ratio'] == [1.0, 1.0, 1.0]
    assert kept['groups'][1]['rows'][0]['ratio'] == [4.0, 4.0, 4.0]
    assert (kept['command'], kept['machine']['threads']) == ('python any.py', 3)
    printed = capsys.readouterr().out
    assert re.search(r'ours +1000 +750 to 1250 +2.00 \(2.00 to 2.00\) +2.5 +16.0', printed)


def test_the_page_shows_a_bar_as_long_as_the_ratio(measured, tmp_path):
    timed = load('timed')
    timed.write('any', groups(timed), command='python any.py', threads=3, out=tmp_path / 'any.json')
    result = json.loads((tmp_path / 'any.json').read_text())
    step, memory = map(measured.table, result['groups'])
    assert 'times as fast as theirs' in step
    assert 'times as small as theirs' in memory
    cells = ('<td class="mm-bar" style="--share: 100.0%">2.00</td>', '<td>16.0</td>', '<td>2.5</td>')
    assert '\n'.join(cells) in step
    assert '<td class="mm-bar" style="--share: 25.0%">1</td>' in memory
    assert 'ours: two threads.' in step
    assert '3 threads' in measured.machine(result, lambda words, *values: words.format(*values))


def test_the_network_in_the_authors_layout_computes_what_ours_does():
    peers = load('peers')
    ours, theirs = Classifier('rexnet-1.0x').eval(), randomise(peers.from_authors('rexnet-1.0x')).eval()
    names, values = list(ours.state_dict()), list(theirs.state_dict().values())
    fitting = [
        value.reshape(ours.state_dict()[name].shape) for name, value in zip(names, values, strict=True)
    ]
    ours.load_state_dict(dict(zip(names, fitting, strict=True)))
    with torch.no_grad():
        expected = theirs(images())
        assert expected.std() > 1e-3
        torch.testing.assert_close(ours(images()), expected, atol=1e-5, rtol=1e-4)


def test_every_network_has_the_peers_that_are_said():
    peers = load('peers')
    for arch in peers.TIMM:
        get_plan(arch)
        assert 'timm' in peers.peers_of(arch)
    assert list(peers.peers_of('rexnet-1.0x')) == ['timm', "the authors' layout"]


@pytest.mark.slow
def test_contestants_work_when_told_and_tell_of_a_failure(capfd):
    module = load('contestants')
    with module.contestants({'power': (pow, (2, 3))}, threads=1) as calls, pytest.raises(RuntimeError):
        calls['power']()  # 8 cannot be called
    assert "'int' object is not callable" in capfd.readouterr().err
