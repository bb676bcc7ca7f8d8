"""``mmchan search`` trains, tells and writes what it says."""

import json

import pytest

from mmchan.runs.config import load_config
from tests.cli.command_lines import ROOT, mmchan_here, succeeded

SHIPPED = ROOT / 'configs/sweeps/rexnet-search_digits.py'
SMALL = f"""_base_ = [{str(SHIPPED)!r}]
count = 3
epochs = 1
train = {str(ROOT / 'configs/_base_/recipes/sweep_digits-8x8_1xb64.py')!r}
conventions = ['rexnet', 'constant']
"""


@pytest.mark.slow
def test_search_writes_tables_a_picture_and_configs_that_check(tmp_path):
    (tmp_path / 'small.py').write_text(SMALL)
    command = ['search', 'small.py', '--work-dir', 'out', '--pool', 'here', '--best', 1]
    printed = succeeded(mmchan_here(*command, cwd=tmp_path))
    told = json.loads((tmp_path / 'out/search.json').read_text())
    assert (told['networks'], told['failed'], told['sampler']) == (3, 0, 'tpe')
    assert [one['name'] for one in told['conventions']] == ['rexnet', 'constant']
    assert (tmp_path / 'out/search.png').stat().st_size > 10_000
    for words in ('3 networks of rexnet_piecewise, by tpe', 'best 1', 'constant', 'python tools/train.py'):
        assert words in printed.stdout
    succeeded(mmchan_here('check', 'out/best-1.py', cwd=tmp_path))


def test_unknown_sampler_is_refused_before_anything_runs(tmp_path):
    (tmp_path / 'small.py').write_text(SMALL + "sampler = 'tpee'\n")
    refused = mmchan_here('search', 'small.py', '--work-dir', 'out', cwd=tmp_path)
    assert refused.returncode == 2
    assert "'tpe'" in refused.stderr
    assert not (tmp_path / 'out').exists()


def test_shipped_search_names_its_command():
    config = load_config(SHIPPED)
    assert config.count == 200
    assert SHIPPED.read_text().startswith(f'# mmchan search {SHIPPED.relative_to(ROOT)}\n')
