"""``mmchan export`` as users type it, and what runs its files: ``mmchan predict``, a script without us."""

import json
import re
import subprocess
import sys

import pytest
import torch
from mmengine.registry import MODELS, DefaultScope
from PIL import Image
from skimage import data

from mmchan.runs.config import load_config
from tests.cli.command_lines import ROOT, mmchan_here, run, succeeded
from tests.deploy.networks import ANYNET, lively

PAGE = ROOT / 'docs' / 'howto' / 'export.md'
CLASSES = [f'class {letter}' for letter in 'abcde']
CONFIG = f"""
default_scope = 'mmpretrain'
custom_imports = dict(imports=['mmchan.models'])
model = dict(
    type='ImageClassifier',
    backbone=dict(type='mmchan.Backbone', arch={ANYNET!r}),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(type='LinearClsHead', num_classes=5, in_channels=16),
)
data_preprocessor = dict(mean=[124, 117, 104], std=[59, 58, 57], to_rgb=True)
test_dataloader = dict(dataset=dict(pipeline=[
    dict(type='LoadImageFromFile'),
    dict(type='ResizeEdge', scale=40, edge='short', backend='pillow', interpolation='bicubic'),
    dict(type='CenterCrop', crop_size=32),
    dict(type='PackInputs'),
]))
"""


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """A config, its checkpoint, and images in folders that are called by labels."""
    place = tmp_path_factory.mktemp('export')
    (place / 'tiny.py').write_text(CONFIG)
    torch.manual_seed(0)
    with DefaultScope.overwrite_default_scope('mmpretrain'):
        model = lively(MODELS.build(load_config(place / 'tiny.py').model))
    with torch.no_grad():
        model.head.fc.weight.mul_(8)  # else all classes are as probable
    torch.save(
        {'state_dict': model.state_dict(), 'meta': {'dataset_meta': {'classes': CLASSES}}}, place / 'c.pth'
    )
    for label, pixels in enumerate((data.chelsea(), data.coffee())):
        (place / 'images' / str(label)).mkdir(parents=True)
        for number in range(4):
            part = pixels[20 * number : 20 * number + 200, :250]
            Image.fromarray(part).save(place / 'images' / str(label) / f'{number}.png')
    return place


@pytest.fixture(scope='module')
def exported(folder):
    """What the command printed; it wrote tiny.onnx."""
    return succeeded(mmchan_here('export', 'tiny.py', 'c.pth', '--threads', 1, cwd=folder))


@pytest.mark.slow
def test_the_difference_and_the_fastest_are_printed(folder, exported):
    said = exported.stdout
    assert re.search(r'tiny\.onnx: 0\.\d MB, any batch, height, width, classes: 5\n', said)
    difference = re.search(r'largest difference from PyTorch: (\S+) ', said)
    assert float(difference.group(1)) < 6e-5
    for title in ('PyTorch', 'PyTorch, BN folded, channels last', 'ONNX Runtime, fp32', 'OpenVINO, fp32'):
        assert f'\n{title}' in said
    assert 'fastest here: ' in said


@pytest.mark.slow
@pytest.mark.usefixtures('exported')
def test_predictions_of_the_file_are_those_of_the_config(folder):
    answers = []
    for model in (['--model', 'tiny.onnx'], ['--config', 'tiny.py', '--checkpoint', 'c.pth']):
        images = [folder / 'images' / label for label in ('0', '1')]
        succeeded(mmchan_here('predict', *images, *model, '--out', 'out', cwd=folder))
        answers.append(json.loads((folder / 'out' / 'predictions.json').read_text()))
    assert len(answers[0]) == 8
    for ours, theirs in zip(*answers, strict=True):
        assert (ours['class'], ours['label']) == (theirs['class'], theirs['label'])
        assert ours['score'] == pytest.approx(theirs['score'], abs=1e-4)
    assert len({answer['score'] for answer in answers[0]}) > 4


@pytest.mark.slow
@pytest.mark.usefixtures('exported')
def test_the_pages_script_gives_the_same_without_mmchan_and_torch(folder):
    script = re.search(r'^```python\n(.*?)^```$', PAGE.read_text(), re.MULTILINE | re.DOTALL).group(1)
    assert len([line for line in script.splitlines() if line]) <= 25
    image = folder / 'images' / '1' / '2.png'
    blocked = f'import sys; sys.modules.update(torch=None, mmchan=None)\n{script}'
    command = [sys.executable, '-c', blocked, 'tiny.onnx', str(image)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    succeeded(mmchan_here('predict', image, '--model', 'tiny.onnx', '--out', 'out', cwd=folder))
    top = json.loads((folder / 'out' / 'predictions.json').read_text())[0]['top'][:3]
    assert done.stdout.splitlines() == [f'{row["class"]} {row["score"]:.0%}' for row in top]


@pytest.mark.slow
def test_int8_is_judged_on_labels_and_says_its_recipe(folder):
    # in a process of its own: after OpenVINO's 8 bits on a CPU with AMX this one would not survive a signal
    options = ['--to', 'openvino', '--int8', '--calibrate', 'images', '--labelled', 'images']
    limits = ['--max-drop', 100, '--threads', 1]
    command = [sys.executable, '-m', 'mmchan', 'export', 'tiny.py', 'c.pth', *options, *limits]
    done = succeeded(run(*command, cwd=folder))
    assert 'Points: top-1 accuracy on 8 images of images.\n' in done.stdout
    assert re.search(r'tiny-int8\.xml: 0\.\d MB, NNCF', done.stdout)
    assert 'int8 NNCF' in (folder / 'tiny-int8.xml').read_text()


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['rexnet-1.0x', '--to', 'onx'], "unknown target 'onx'; did you mean 'onnx'?"),
        (['rexnet-9.0x'], 'did you mean'),
        (['rexnet-1.0x', '--int8'], '--int8 needs --calibrate DIR'),
        (['c.py'], 'c.py needs a CHECKPOINT'),
        (['absent.py', 'c.pth'], "there is no config 'absent.py'"),
        (['efficientnet-lite0', '--out', 'a.xml'], "a file of onnx must end with .onnx, got 'a.xml'"),
    ],
)
def test_mistakes_are_messages_and_exit_code_2(tmp_path, arguments, message):
    done = mmchan_here('export', *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_predict_names_a_file_that_is_absent_or_no_export(tmp_path):
    Image.new('RGB', (8, 8)).save(tmp_path / 'a.png')
    done = mmchan_here('predict', 'a.png', '--model', 'absent.xml', cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        2,
        "Error: there is no file 'absent.xml'; mmchan export writes one\n",
    )
