"""Mistakes with ``mmchan sweep report``; what it writes is tested with the page, in tests/docs."""

from tests.cli.command_lines import mmchan_here


def test_folder_of_something_else_is_a_message(tmp_path):
    result = mmchan_here('sweep', 'report', tmp_path)
    assert result.returncode == 2
    assert 'is no folder of a sweep' in result.stderr


def test_unknown_choice_is_a_message(tmp_path):
    result = mmchan_here('sweep', 'report', tmp_path, '--error', 'mean')
    assert result.returncode == 2
    assert "'minimum', 'last'" in result.stderr
