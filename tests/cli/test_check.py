"""``mmchan check`` shows every finding, writes nothing, and its exit code says how bad they are."""

import click
import pytest

from mmchan.cli.findings import drawn
from mmchan.findings import FAIL, OK, WARN, Finding
from tests.cli.command_lines import DIGITS, ROOT, mmchan_here

IN1K = ROOT / 'configs/regnet/regnetx-400mf_8xb128_in1k.py'
LONG = Finding(
    FAIL,
    'model.roi_head.bbox_head[1].num_classes '
    '(configs/mask_rcnn/mask-rcnn_rexnet-1.0x_fpn_1xb8_digits-coco.py:12)',
    'is 80, but the data of train_dataloader has 10 classes: zero, one, two, three, four, five, six, seven',
    'set it to 10, or\nmetainfo of the data set to the classes that are meant, in the order of the file',
)


@pytest.fixture
def check(tmp_path):
    return lambda *arguments: mmchan_here('check', *arguments, cwd=tmp_path)


def test_sound_config_has_nothing_to_mend_and_nothing_is_written(check, tmp_path):
    result = check(DIGITS)
    assert (result.returncode, result.stdout) == (0, f'nothing to mend in {DIGITS}\n')
    assert list(tmp_path.iterdir()) == []  # not even the embedded data, which a training would write


def test_absent_data_is_an_error_of_all_loaders_that_need_it(check):
    result = check(IN1K)
    assert result.returncode == 1
    assert 'ImageNet of train_dataloader and val_dataloader and test_dataloader' in result.stdout
    assert result.stdout.endswith('\n1 error\n')
    assert 'fail  ImageNet of test_dataloader\n' in check(IN1K, '--for', 'test').stdout
    assert 'train_dataloader and val_dataloader\n' in check(IN1K, '--for', 'train').stdout


def test_every_finding_names_key_and_line_and_errors_come_first(check, tmp_path):
    lines = [
        'model = dict(backbne=dict(depth=50))',
        "param_scheduler = [dict(type='CosineAnnealingLR', end=99)]",
    ]
    (tmp_path / 'mine.py').write_text('\n'.join([f"_base_ = ['{DIGITS}']", *lines]))
    result = check('mine.py', '--cfg-options', 'train_cfg.max_epoch=3')
    assert result.returncode == 1
    heads = [line for line in result.stdout.splitlines() if line[:4].strip()]
    assert sorted(heads[:2]) == [
        'fail  model.backbne (mine.py:2)',
        'fail  train_cfg.max_epoch (--cfg-options train_cfg.max_epoch)',
    ]
    assert heads[2:] == ['warn  param_scheduler[0].end (mine.py:3)', '2 errors, 1 warning']
    assert "mend: did you mean 'backbone'?" in result.stdout


def test_without_strictness_errors_in_the_config_are_warnings(check):
    result = check(DIGITS, '--no-strict', '--cfg-options', 'optim_wraper=3')
    assert (result.returncode, result.stdout.splitlines()[-1]) == (0, '1 warning')


@pytest.mark.parametrize(
    'option',
    [
        *('train_dataloder=3', 'optim_wraper=3', 'model.backbne=3', 'model.backbone.dpeth=50'),
        *('train_dataloader.batch_szie=3', 'default_hooks.checkpint.interval=2', 'train_cfg.max_epoch=3'),
        *('param_scheduler.0.typ=X', 'data_root=x'),
    ],
)
def test_mistyped_option_is_found(check, option):
    result = check(DIGITS, '--cfg-options', option)
    assert result.returncode == 1
    assert f'(--cfg-options {option.partition("=")[0]})' in result.stdout


def test_absent_data_stays_an_error_without_strictness(check):
    assert check(IN1K, '--no-strict').returncode == 1


def test_unreadable_config_ends_with_2(check, tmp_path):
    (tmp_path / 'broken.py').write_text('model = nothing\n')
    result = check('broken.py')
    assert (result.returncode, result.stdout) == (2, '')
    assert result.stderr == "Error: broken.py:1: NameError: name 'nothing' is not defined\n"
    assert check('absent.py').returncode == 2


@pytest.mark.parametrize('width', [80, 140])
def test_finding_is_wrapped_below_itself_and_no_name_is_cut(width):
    lines = click.unstyle(drawn(LONG, width=width)).splitlines()
    assert lines[0].startswith('fail  model.roi_head.bbox_head[1].num_classes')
    assert all(line.startswith(' ' * 6) for line in lines[1:])
    # only a name that is longer than the line goes beyond it
    assert all(len(line) <= width or len(line.split()) == 1 for line in lines)
    said = f'{LONG.where} {LONG.what} mend: {LONG.remedy}'
    assert ' '.join(lines).split()[1:] == said.split()


def test_finding_in_a_pipe_keeps_its_lines():
    lines = click.unstyle(drawn(LONG)).splitlines()
    first, second = LONG.remedy.splitlines()
    assert lines == [
        f'fail  {LONG.where}',
        f'      {LONG.what}',
        f'      mend: {first}',
        f'            {second}',
    ]


def test_short_names_stand_in_a_column():
    lines = click.unstyle(drawn(Finding(WARN, 'torch', 'is old', 'renew it'), column=12)).splitlines()
    assert lines == ['warn  torch         is old', '                    mend: renew it']
    assert click.unstyle(drawn(Finding(OK, 'torch', '2.12'), column=12)) == 'ok    torch         2.12'
