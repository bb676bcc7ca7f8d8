"""The real command lines of tools/ on real, small data.

What a process of its own shows is shown once: for training, for ``python -m mmchan``, for
several processes, for the help of every script. The others run in this one.
"""

import json
import re
import socket

import mmengine
import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from mmchan.cli import get_flops, print_config
from mmchan.data.digits import write_digits
from tests.cli.command_lines import DIGITS, ROOT, run, succeeded, tool, tool_here
from tests.weights.files import Planted

IN1K = ROOT / 'configs/regnet/regnetx-400mf_8xb128_in1k.py'
TESTED = 32  # images
# few images, no worker processes, all checkpoints
SMALL = [
    '--cfg-options',
    'default_hooks.checkpoint.max_keep_ckpts=9',
    'runtime_cfg.summary.curves=False',
    'train_dataloader.num_workers=0',
    'train_dataloader.batch_size=16',
    'train_dataloader.dataset.indices=64',
    'val_dataloader.num_workers=0',
    f'val_dataloader.dataset.indices={TESTED}',
    'test_dataloader.num_workers=0',
    f'test_dataloader.dataset.indices={TESTED}',
]


@pytest.fixture(scope='module')
def place(tmp_path_factory):
    """A directory with the digits and a run of one epoch on some of them."""
    cwd = tmp_path_factory.mktemp('place')
    write_digits(cwd / 'data' / 'digits')
    succeeded(tool('train.py', DIGITS, '--work-dir', 'run', *SMALL, 'train_cfg.max_epochs=1', cwd=cwd))
    return cwd


def free_port():
    """A port that nobody listens on; a fixed one may be in use by another run."""
    with socket.socket() as opened:
        opened.bind(('127.0.0.1', 0))
        return str(opened.getsockname()[1])


def log_of(folder):
    """The text of the newest log below a work directory."""
    return max(folder.glob('*/*.log')).read_text()


COMMANDS = {
    'script': lambda *args, cwd: tool_here('train.py', *args, cwd=cwd),
    'module': lambda *args, cwd: run('python', '-m', 'mmchan', 'train', *args, cwd=cwd),
}


@pytest.mark.parametrize('command', ['script', pytest.param('module', marks=pytest.mark.slow)])
def test_missing_imagenet_is_three_lines(tmp_path, command):
    result = COMMANDS[command](IN1K, cwd=tmp_path)
    assert result.returncode == 2
    assert 'Traceback' not in result.stderr + result.stdout
    what, page, other = result.stderr.strip().splitlines()
    assert str(tmp_path / 'data/imagenet') in what
    assert 'docs/data.md' in page
    assert 'configs/regnet/regnetx-400mf_1xb64_digits.py' in other


@pytest.mark.slow
def test_imagenet_shaped_folder_trains_and_validates(tmp_path):
    generator = np.random.default_rng(0)
    root = tmp_path / 'data' / 'imagenet'
    for split in ('train', 'val'):
        lines = []
        for number, wnid in enumerate(('n01440764', 'n01443537')):
            (root / split / wnid).mkdir(parents=True)
            for index in range(2):
                name = f'{wnid}/{wnid}_{index}.JPEG'
                pixels = generator.integers(0, 256, (60, 80, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(root / split / name)
                lines.append(f'{name} {number}\n')
        (root / 'meta').mkdir(exist_ok=True)
        (root / 'meta' / f'{split}.txt').write_text(''.join(lines))
    loaders = [
        f'{part}_dataloader.{key}' for part in ('train', 'val') for key in ('batch_size=2', 'num_workers=0')
    ]
    settings = [*loaders, 'train_cfg.max_epochs=1', 'default_hooks.logger.interval=1']
    succeeded(tool_here('train.py', IN1K, '--work-dir', 'run', '--cfg-options', *settings, cwd=tmp_path))
    log = log_of(tmp_path / 'run')
    assert 'Epoch(train) [1][2/2]' in log
    assert 'Epoch(val) [1][2/2]' in log
    assert (tmp_path / 'run' / 'epoch_1.pth').is_file()


@pytest.mark.slow
def test_training_resumes_in_a_moved_folder(place):
    (place / 'run' / 'last_checkpoint').write_text('/gone/epoch_1.pth')
    line = ['--work-dir', 'run', '--resume', '--new-schedule', *SMALL, 'train_cfg.max_epochs=2']
    succeeded(tool_here('train.py', DIGITS, *line, cwd=place))
    log = log_of(place / 'run')
    assert 'resumed epoch: 1' in log
    assert 'Epoch(train) [1]' not in log
    assert 'Epoch(val) [2]' in log


@pytest.mark.slow
def test_test_averages_over_flips_and_writes_the_metrics(place):
    (place / 'out').mkdir()
    line = [DIGITS, 'run/epoch_1.pth', '--out', 'out/m.json', '--out-item', 'metrics', '--tta', *SMALL]
    succeeded(tool_here('test.py', *line, cwd=place))
    assert 0 <= json.loads((place / 'out' / 'm.json').read_text())['accuracy/top1'] <= 100
    assert [path.name for path in (place / 'out').iterdir()] == ['m.json']


@pytest.mark.slow
def test_checkpoint_that_runs_code_is_refused(place):
    torch.save({'state_dict': {}, 'code': Planted(place / 'ran')}, place / 'code.pth')
    result = tool_here('test.py', DIGITS, 'code.pth', *SMALL, cwd=place)
    assert result.returncode == 2
    assert 'code.pth may run code when it is loaded' in result.stderr
    assert not (place / 'ran').exists()


@pytest.mark.slow
def test_two_processes_train_and_test_on_the_cpu(place):
    line = ['--work-dir', 'two', *SMALL, 'train_cfg.max_epochs=1', 'default_hooks.logger.interval=1']
    succeeded(tool('dist_train.sh', DIGITS, 2, *line, cwd=place, PORT=free_port()))
    assert 'Epoch(train) [1][2/2]' in log_of(place / 'two')  # 64 images in 2 processes with 16 each
    line = ['--work-dir', 'two', '--out', 'two/p.pkl', *SMALL]
    succeeded(tool('dist_test.sh', DIGITS, 'two/epoch_1.pth', 2, *line, cwd=place, PORT=free_port()))
    samples = mmengine.load(str(place / 'two' / 'p.pkl'))
    assert len(samples) == len({sample['img_path'] for sample in samples}) == TESTED
    assert {'gt_label', 'pred_label', 'pred_score'} <= samples[0].keys()


@pytest.mark.parametrize(
    ('script', 'count', 'needs'),
    [('dist_train.sh', 1, 2), ('dist_test.sh', 2, 3), ('slurm_train.sh', 3, 4), ('slurm_test.sh', 3, 4)],
)
def test_script_with_too_few_arguments_shows_its_usage(tmp_path, script, count, needs):
    result = tool(script, *'abcd'[:count], cwd=tmp_path)
    assert result.returncode == 2
    assert f'{script} ' in result.stderr
    assert len(re.findall(r'\b[A-Z_]{4,}\b', result.stderr.splitlines()[0])) >= needs


@pytest.mark.parametrize(
    ('script', 'fourth'), [('slurm_train.sh', '--work-dir=my dir'), ('slurm_test.sh', 'my dir')]
)
def test_slurm_scripts_pass_everything_on(tmp_path, script, fourth):
    srun = tmp_path / 'srun'
    srun.write_text('#!/usr/bin/env bash\nprintf "%s\\n" "$@"\n')
    srun.chmod(0o755)
    line = ['part', 'job name', 'a config.py', 'my dir', '--cfg-options', 'a=[1, 2]']
    environment = {
        'PATH': f'{tmp_path}:/usr/bin:/bin',
        'GPUS': '4',
        'GPUS_PER_NODE': '2',
        'SRUN_ARGS': '-x n1 -v',
    }
    given = succeeded(tool(script, *line, cwd=tmp_path, **environment)).stdout.splitlines()
    assert {
        '--partition=part',
        '--job-name=job name',
        '--gres=gpu:2',
        '--ntasks=4',
        '--ntasks-per-node=2',
    } <= {*given}
    start = given.index('-x')
    name = script.replace('slurm_', '').replace('.sh', '.py')
    assert given[start:] == [
        *('-x', 'n1', '-v', 'python', '-u', str(ROOT / 'tools' / name), 'a config.py', fourth),
        *('--launcher=slurm', '--cfg-options', 'a=[1, 2]'),
    ]


@pytest.mark.parametrize('name', ['train', 'test', 'print_config', 'get_flops'])
def test_script_shows_its_help(tmp_path, name):
    shown = succeeded(tool(f'{name}.py', '--help', cwd=tmp_path)).stdout
    assert f'Usage: {name}.py' in shown
    assert '--cfg-options' in shown


def test_print_config_shows_what_is_inherited_and_overridden():
    line = [str(DIGITS), '--cfg-options', 'randomness.seed=7', 'model.head.num_classes=3']
    printed = CliRunner().invoke(print_config.command, line, catch_exceptions=False).output
    for part in ('seed=7', 'num_classes=3', "default_scope = 'mmpretrain'", 'in_channels=384'):
        assert part in printed


@pytest.mark.parametrize(('shape', 'size'), [(['32'], '32 x 32'), (['32', '64'], '32 x 64')])
def test_get_flops_prints_a_table(shape, size):
    line = [str(DIGITS), '--shape', *shape]
    printed = CliRunner().invoke(get_flops.command, line, catch_exceptions=False).output
    assert f'one image of {size}' in printed
    assert 'mmchan list' in printed
    assert [line.split()[0] for line in printed.splitlines() if line][2:5] == ['backbone', 'head', 'total']
