"""``mmchan demo-design`` trains two spaces and reports them."""

import json

import pytest

from tests.cli.command_lines import mmchan_here, succeeded


@pytest.mark.slow
def test_demo_trains_two_spaces_and_reports_them(tmp_path):
    command = ['demo-design', '--networks', 10, '--epochs', 1, '--pool', 'here', '--work-dir', 'out']
    printed = succeeded(mmchan_here(*command, cwd=tmp_path))
    report = json.loads((tmp_path / 'out/report/report.json').read_text())
    assert [space['name'] for space in report['spaces']] == ['AnyNetX_A', 'RegNetX']
    assert [space['judged'] for space in report['spaces']] == [10, 10]
    assert len(report['comparisons']) >= 1
    assert 'report.html' in printed.stdout
