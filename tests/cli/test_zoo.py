"""``mmchan zoo`` as users call it."""

import json
import shutil

import pytest
from click.testing import CliRunner

from mmchan.cli.zoo import command
from mmchan.home import home
from mmchan.zoo import METRICS, TASKS, rows
from mmchan.zoo.quantities import X_AXES
from tests.cli.command_lines import mmchan_here

FOLDER = 'configs/rexnet_lite'


def zoo(*arguments):
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.fixture
def repository(tmp_path):
    """A repository with the recipes and one folder of configs."""
    for folder in ('configs/_base_', FOLDER):
        shutil.copytree(home() / folder, tmp_path / folder)
    (tmp_path / 'model-index.yml').write_text(f'Import:\n  - {FOLDER}/metafile.yml\n')
    return tmp_path


def test_check_count_and_render_mend_a_broken_folder(repository):
    metafile, readme = (repository / FOLDER / name for name in ('metafile.yml', 'README.md'))
    sound = metafile.read_text(), readme.read_text()
    metafile.write_text(sound[0].replace('Parameters: 4740056', 'Parameters: 4740057'))
    readme.write_text(sound[1].replace('| 4.74 |', '| 4.75 |'))
    broken = zoo('check', '--repository', repository)
    assert broken.exit_code == 1
    lines = [line for line in broken.stdout.splitlines() if line.startswith(FOLDER)]
    assert [line.rpartition('run: ')[2] for line in lines] == ['mmchan zoo render', 'mmchan zoo count']
    assert zoo('count', '--repository', repository).exit_code == 0
    assert zoo('render', '--repository', repository).stdout == f'{FOLDER}/README.md written\n'
    assert (metafile.read_text(), readme.read_text()) == sound
    mended = zoo('check', '--repository', repository)
    assert (mended.exit_code, 'are sound' in mended.stdout) == (0, True)


def test_table_prints_every_row():
    stored = json.loads(zoo('table', '--task', 'detection', '--format', 'json').stdout)
    assert stored == [row.as_dict() for row in rows('detection')]


@pytest.mark.parametrize(('ending', 'magic'), [('png', b'\x89PNG'), ('svg', b'<?xml')])
def test_plot_writes_the_picture(tmp_path, ending, magic):
    path = tmp_path / f'chart.{ending}'
    result = zoo('plot', '--families', 'rexnet,rexnet-lite', '--out', path)
    large = [row for row in rows('classification') if row.dataset == 'ImageNet-1k']
    drawn = [row.variant for row in large if row.series in ('rexnet', 'rexnet_lite')]
    assert result.stdout == f'{len(drawn)} results of {len(set(drawn))} networks drawn in {path}\n'
    assert path.read_bytes().startswith(magic)


def test_help_of_plot_lists_the_quantities():
    words = zoo('plot', '--help').stdout.replace(',', ' ').split()
    assert {*METRICS, *X_AXES, *TASKS} <= {word.rstrip('.') for word in words}


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['tabel'], "unknown command 'tabel'; did you mean 'table'"),
        (['table', '--task', 'detectoin'], "unknown task 'detectoin'; did you mean 'detection'"),
        (['plot', '--x', 'macks', '--out', 'x.png'], "unknown x axis 'macks'; did you mean 'macs'"),
    ],
)
def test_mistakes_suggest_the_nearest_and_exit_with_2(arguments, message, tmp_path):
    result = mmchan_here('zoo', *arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert message in result.stderr
    assert 'Traceback' not in result.stderr
