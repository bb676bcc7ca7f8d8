"""``mmchan predict`` as users type it."""

import json

import pytest
from click.testing import CliRunner
from sklearn.datasets import load_sample_image

from mmchan.channels import InputError
from mmchan.cli import predict
from mmchan.prediction import files, predictor
from tests.cli.command_lines import DIGITS, mmchan_here


@pytest.fixture
def image(tmp_path):
    from PIL import Image

    path = tmp_path / 'in' / 'china.jpg'
    path.parent.mkdir()
    Image.fromarray(load_sample_image('china.jpg')).save(path)
    return path


@pytest.fixture
def said(monkeypatch):
    """What the stand-in for a network answers."""
    import numpy as np

    answer = {}
    drawing = np.zeros((4, 4, 3), np.uint8)

    def load(cfg, checkpoint, *, device, score_threshold, trust):
        return lambda image: files.Result({'image': str(image), **answer}, drawing)

    monkeypatch.setattr(predictor, 'load_predictor', load)
    return answer


def invoke(*arguments):
    needed = ['--config', str(DIGITS), '--checkpoint', 'c.pth']
    return CliRunner().invoke(predict.command, [*map(str, arguments), *needed], catch_exceptions=False)


@pytest.mark.parametrize(
    ('answer', 'line'),
    [
        ({'label': 3, 'class': 'cat', 'score': 0.914}, 'cat (91%)'),
        ({'label': 3, 'score': 0.5}, '3 (50%)'),
        ({'detections': [{'class': 'a', 'score': 0.9}, {'class': 'b', 'score': 0.4}]}, 'a (90%), b (40%)'),
        ({'detections': []}, 'nothing'),
    ],
    ids=['class', 'label', 'objects', 'nothing'],
)
def test_each_image_is_a_line(image, said, tmp_path, answer, line):
    said.update(answer)
    result = invoke(image.parent, '--out', tmp_path / 'out')
    assert f'{image}: {line}\n' in result.output
    assert f'1 image: {tmp_path}/out/predictions.json and drawings beside it' in result.output
    assert json.loads((tmp_path / 'out' / 'predictions.json').read_text())[0]['drawing'] == 'china.png'


@pytest.mark.usefixtures('said')
def test_broken_image_is_named_and_the_others_predicted(image, said, tmp_path):
    said.update(label=1, score=1.0)
    (image.parent / 'broken.jpg').write_text('x')
    result = invoke(image.parent, '--out', tmp_path / 'out')
    assert result.exit_code == 0
    assert 'skipped' in result.output
    assert 'broken.jpg: the file is no image' in result.output


def test_folder_without_images_is_refused(tmp_path):
    with pytest.raises(InputError, match='holds no image'):
        invoke(tmp_path)


def test_mistake_is_a_message_and_exit_code_2(tmp_path):
    result = mmchan_here('predict', 'a*.jpg', '--config', DIGITS, '--checkpoint', 'c.pth', cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr == "Error: no file matches 'a*.jpg'\n"


def test_images_are_checked_before_anything_is_loaded(image, monkeypatch):
    monkeypatch.setattr(predictor, 'load_predictor', lambda *_, **__: pytest.fail('loaded'))
    image.write_text('x')
    with pytest.raises(InputError, match=r'nothing can be predicted\n.*the file is no image'):
        invoke(image.parent)


def test_folder_of_the_images_is_refused_before_anything_is_loaded(image, monkeypatch):
    monkeypatch.setattr(predictor, 'load_predictor', lambda *_, **__: pytest.fail('loaded'))
    with pytest.raises(InputError, match='drawings could replace the images in it'):
        invoke(image.parent, '--out', image.parent)


def classify(*arguments):
    return CliRunner().invoke(predict.command, list(map(str, arguments)), catch_exceptions=False)


SEEN = {  # photograph -> words of which one is in the name of the first class
    'chelsea': ['cat', 'tabby', 'lynx'],
    'coffee': ['espresso', 'cup'],
    'rocket': ['missile', 'projectile', 'space shuttle'],
    'flower': ['daisy', 'flower', 'bee', 'vase', 'pot', 'slipper', 'cardoon'],
    'china': ['palace', 'monastery', 'temple'],
}


@pytest.mark.parametrize('name', ['efficientnet-lite0'])
def test_a_variant_names_photographs(tmp_path, name):
    from PIL import Image

    from tests.weights.real_weights import photographs

    for photograph, pixels in photographs().items():
        Image.fromarray(pixels).save(tmp_path / f'{photograph}.png')
    result = classify(tmp_path, '--model', name, '--out', tmp_path / 'out', '--device', 'cpu')
    assert result.exit_code == 0, result.output
    said = json.loads((tmp_path / 'out' / 'predictions.json').read_text())
    for entry in said:
        words = SEEN[entry['drawing'].removesuffix('.png')]
        assert any(word in entry['class'].lower() for word in words), entry
        assert len(entry['top']) == 5
        assert f'{entry["class"]} ({entry["score"]:.0%}), ' in result.output
        with Image.open(tmp_path / 'out' / entry['drawing']) as drawing:
            assert drawing.size == Image.open(entry['image']).size


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ([], 'give either --model NAME, or --config and --checkpoint'),
        (['--model', 'rexnet-1.0x', '--config', 'c.py'], 'give either --model NAME, or'),
        (['--config', 'c.py'], '--config needs --checkpoint'),
        (['--model', 'rexnet-1.0x', '--cfg-options', 'a=1'], '--cfg-options is for --config'),
    ],
)
def test_options_that_do_not_go_together_are_refused(image, options, message):
    result = classify(image, *options)
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize(
    ('name', 'message'),
    [
        ('efficientnet-lite9', "unknown variant 'efficientnet-lite9'; did you mean 'efficientnet-lite"),
        ('rexnet-0.9x', 'rexnet-0.9x has no public weights; the nearest variant that has is rexnet-1.0x'),
    ],
)
def test_a_variant_that_cannot_be_had_is_named(image, name, message):
    with pytest.raises(InputError, match=message):
        classify(image, '--model', name)
