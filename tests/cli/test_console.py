"""Tables leave out whole columns where a terminal is narrow, and cut nothing else."""

from functools import partial

import pytest
from click.testing import CliRunner

from mmchan.channels import list_variants
from mmchan.cli import grid, show, zoo
from mmchan.cli import list as list_command
from mmchan.zoo import TASKS


def printed(monkeypatch, width, command, *arguments):
    """What a command prints on a terminal of so many columns."""
    for place in (grid, zoo):
        monkeypatch.setattr(place, 'screen_width', lambda: width)
    return CliRunner().invoke(command, arguments, catch_exceptions=False).output


def test_columns_go_in_order_until_the_rest_fits(monkeypatch, capsys):
    rows = grid.Grid('three', 'name', 'first (M)', 'second')
    rows.add_row('a' * 20, '1.25', '3')
    rows.add_row('total', '2.50', '4')
    kept = []
    for width in (50, 35, 25):
        monkeypatch.setattr(grid, 'screen_width', partial(int, width))
        grid.print_fitting(rows, drop=['second', 'first (M)'], more='--json')
        lines = capsys.readouterr().out.splitlines()
        assert max(map(len, lines[:4])) <= width
        assert 'a' * 20 in lines[2]
        kept.append(lines[1].split())
    assert kept == [['name', 'first', '(M)', 'second'], ['name', 'first', '(M)'], ['name']]
    assert 'no room for second, first (M)' in ' '.join(lines[4:])
    assert '--json' in lines[-1]


@pytest.mark.parametrize('width', [80, 140])
def test_list_cuts_no_name_and_no_number(monkeypatch, width):
    shown = printed(monkeypatch, width, list_command.command)
    assert '…' not in shown
    assert all(f'\n{name} ' in shown for name in list_variants())
    assert 'stage widths' in shown
    assert ('activations (M)  ' in shown) == (width == 140)


@pytest.mark.parametrize('width', [80, 140])
def test_show_keeps_the_channels_whole(monkeypatch, width):
    shown = printed(monkeypatch, width, show.command, 'rexnet-1.0x')
    assert '…' not in shown
    assert [heading for heading in shown.splitlines()[1].split() if heading in ('in', 'inside', 'out')] == [
        'in', 'inside', 'out',
    ]  # fmt: skip
    assert ['penultimate', '7x7', '1', '185', '-', '1280'] in [
        line.split()[:6] for line in shown.splitlines()
    ]


@pytest.mark.parametrize('width', [80, 140])
@pytest.mark.parametrize('task', TASKS)
def test_zoo_is_a_table_on_a_terminal(monkeypatch, width, task):
    shown = printed(monkeypatch, width, zoo.print_table, '--task', task)
    assert '…' not in shown
    assert '|' not in shown
    assert 'MACs (G)' in shown
    assert shown.splitlines()[0].strip().endswith('models')
