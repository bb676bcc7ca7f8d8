"""Tables leave out whole columns where a terminal is narrow, and cut nothing else."""

import io

import pytest
from click.testing import CliRunner
from rich.console import Console

from mmchan.channels import list_variants
from mmchan.cli import console as module
from mmchan.cli import list as list_command
from mmchan.cli import show, zoo
from mmchan.cli.console import print_fitting, table
from mmchan.zoo import TASKS


def terminal(width):
    """A terminal of so many columns, and what stands on it."""
    screen = io.StringIO()
    return Console(file=screen, force_terminal=True, width=width, color_system=None), screen


def printed(monkeypatch, width, command, *arguments):
    """What a command prints on a terminal."""
    shown, screen = terminal(width)
    for place in (module, list_command, show, zoo):
        monkeypatch.setattr(place, 'console', lambda: shown)
    CliRunner().invoke(command, arguments, catch_exceptions=False)
    return screen.getvalue()


def test_columns_go_in_order_until_the_rest_fits():
    rows = table('three', 'name', 'first (M)', 'second')
    rows.add_row('a' * 20, '1.25', '3')
    rows.add_section()
    rows.add_row('total', '2.50', '4')
    kept = []
    for width in (50, 35, 25):
        shown, screen = terminal(width)
        print_fitting(shown, rows, drop=['second', 'first (M)'], more='--json')
        lines = screen.getvalue().splitlines()
        assert max(map(len, lines)) <= width
        assert 'a' * 20 in lines[2]
        kept.append(lines[1].split())
    assert kept == [['name', 'first', '(M)', 'second'], ['name', 'first', '(M)'], ['name']]
    assert 'no room for second, first (M)' in ' '.join(lines)
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
