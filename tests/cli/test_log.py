"""``mmchan log`` draws and compares what runs logged."""

import pytest

from tests.cli.command_lines import mmchan_here, succeeded
from tests.runs.test_logs import stock_lines, write_config, write_start


@pytest.fixture
def runs(tmp_path):
    """Two runs of MMEngine's own tools."""
    for name, last in (('long', 80), ('short', 40)):
        write_start(tmp_path / name, '20260101_000000', stock_lines(10, last))
        write_config(tmp_path / name, {'by_epoch': True, 'max_epochs': 4})
    return tmp_path


def test_runs_are_listed_with_their_metrics(runs):
    shown = succeeded(mmchan_here('log', 'long', 'short', cwd=runs)).stdout
    rows = [line.split() for line in shown.splitlines()]
    assert ['long', 'finished', '4', 'of', '4', '80', '2.5', 'iterations/s', '25%', 'net_1xb64'] in rows
    assert ['short', 'running?', '2', 'of', '4', '40', '2.5', 'iterations/s', '25%', 'net_1xb64'] in rows
    assert ['accuracy/top1', 'long', '54', 'epoch', '4', '54'] in rows
    assert ['accuracy/top1', 'short', '52', 'epoch', '2', '52'] in rows


def test_runs_have_plots_of_their_own_without_colours(runs):
    shown = succeeded(mmchan_here('log', 'long', 'short', '--metric', 'accuracy/top1', cwd=runs)).stdout
    assert 'accuracy/top1: long' in shown
    assert 'accuracy/top1: short' in shown
    assert 'loss' not in shown
    assert '\x1b' not in shown


def test_picture_is_written(runs):
    shown = succeeded(mmchan_here('log', 'long', '--key', 'lr', '--out', 'curves.svg', cwd=runs)).stdout
    assert 'the curves are in curves.svg' in shown
    assert '<svg' in (runs / 'curves.svg').read_text()


@pytest.mark.parametrize(
    ('arguments', 'said'),
    [
        (['none'], "there is no run 'none'; name a work_dir"),
        (['long', '--key', 'lost'], "no run logged 'lost'; did you mean 'loss'?"),
        (['long', '--out', 'curves.gif'], 'must end in .png, .svg, .pdf'),
    ],
)
def test_mistakes_are_one_line(runs, arguments, said):
    result = mmchan_here('log', *arguments, cwd=runs)
    assert result.returncode == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
