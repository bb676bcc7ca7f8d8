"""``mmchan list`` and ``mmchan show`` as users type them."""

import json

import pytest

from mmchan.channels import list_variants
from tests.cli.command_lines import mmchan_here


def test_list_prints_cost_and_widths_of_every_variant():
    out = mmchan_here('list').stdout
    assert all(name in out for name in list_variants())
    row = next(line for line in out.splitlines() if line.startswith('regnetx-400mf '))
    assert row.split() == ['regnetx-400mf', '5.158', '0.3977', '3.143', '32-64-160-384', '1-2-7-12']


def test_list_as_json_holds_exact_integers():
    records = json.loads(mmchan_here('list', 'rexnet-1.0x', '--json').stdout)
    assert records[0]['parameters'] == 4796873
    assert records[0]['widths'][:3] == [16, 27, 38]


def test_list_of_an_unknown_pattern_suggests_and_exits_with_2():
    run = mmchan_here('list', 'regnetz-400mf')
    assert run.returncode == 2
    assert "no variant matches 'regnetz-400mf'; did you mean 'regnet" in run.stderr
    assert 'Traceback' not in run.stderr


def test_show_draws_every_block():
    out = mmchan_here('show', 'rexnet-1.0x').stdout
    assert 'rexnet-1.0x: one 224x224 image' in out
    assert all(f'block {index} ' in out for index in range(16))
    assert '4.797' in out.splitlines()[-2]


@pytest.mark.parametrize(('ending', 'magic'), [('png', b'\x89PNG'), ('svg', b'<?xml')])
def test_show_plots_several_networks_in_one_file(tmp_path, ending, magic):
    path = tmp_path / f'widths.{ending}'
    run = mmchan_here('show', 'rexnet-1.0x', 'regnetx-400mf', '--plot', path)
    assert run.returncode == 0, run.stderr
    assert path.read_bytes().startswith(magic)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_show_makes_no_folder_for_a_picture(tmp_path):
    run = mmchan_here('show', 'rexnet-1.0x', '--plot', tmp_path / 'none' / 'widths.png')
    assert run.returncode == 2
    assert f"there is no folder '{tmp_path}/none'; make it, or name another" in run.stderr
    assert run.stdout == ''
    assert not any(tmp_path.iterdir())


def test_show_refuses_another_picture_format(tmp_path):
    run = mmchan_here('show', 'rexnet-1.0x', '--plot', tmp_path / 'widths.bmp')
    assert run.returncode == 2
    assert 'the file must end in .png, .svg, .pdf' in run.stderr
    assert run.stdout == ''
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ('arguments', 'said'),
    [
        (['list', 'regnext'], "no variant matches 'regnext'; did you mean 'regnet'? (mmchan list shows all)"),
        (['list', 'xyz'], 'the nearest of '),
        (['show', 'rexnet-4x'], "unknown variant 'rexnet-4x'; did you mean 'rexnet-"),
    ],
)
def test_unknown_name_is_answered_with_near_ones(arguments, said):
    run = mmchan_here(*arguments)
    assert run.returncode == 2
    assert said in run.stderr
    assert len(run.stderr) < 250


def test_multiplier_needs_no_decimal():
    assert mmchan_here('show', 'rexnet_1x').stdout == mmchan_here('show', 'rexnet-1.0x').stdout


def test_unknown_command_suggests_the_nearest():
    run = mmchan_here('trian')
    assert run.returncode == 2
    assert "unknown command 'trian'; did you mean 'train'" in run.stderr
