"""``mmchan demo-design`` trains two spaces, goes on where it was, and reports both."""

import zipfile

import pytest

from mmchan.cli import sweep_report
from mmchan.design.sweeps import read_results
from mmchan.design.tables import FOLDER
from tests.cli.command_lines import ROOT, mmchan_here, succeeded


@pytest.mark.slow
def test_demo_trains_what_is_missing_and_reports_both_spaces(tmp_path, monkeypatch):
    """From the kept trials of the whole demo, less the last one of each space; these come out the same."""
    with zipfile.ZipFile(ROOT / FOLDER / 'digits.zip') as kept:
        kept.extractall(tmp_path / 'out')
    folders = sorted((tmp_path / 'out').iterdir())
    before = [read_results(folder) for folder in folders]
    for folder in folders:
        table = folder / 'trials.jsonl'
        table.write_text(''.join(table.read_text().splitlines(keepends=True)[:-1]))
    reported = []
    # the drawing of its figures takes half a minute and is tested elsewhere
    monkeypatch.setattr(sweep_report, 'write_and_show', lambda *given: reported.append(given))
    succeeded(mmchan_here('demo-design', '--pool', 'here', '--work-dir', 'out', cwd=tmp_path))
    ((found, out, _),) = reported
    assert [folder.name for folder in found] == [folder.name for folder in folders]
    assert out.name == 'report'
    for folder, earlier in zip(folders, before, strict=True):
        now = read_results(folder)
        assert [row['trial'] for row in now.rows] == [row['trial'] for row in earlier.rows]
        assert now.last[-1] == pytest.approx(earlier.last[-1], abs=0.2)  # another machine may round otherwise
