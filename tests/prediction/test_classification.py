"""Images are prepared as timm prepares them, named and drawn."""

import numpy as np
import pytest
import torch
from PIL import Image
from timm.data import ImageNetInfo, create_transform

import mmchan
from mmchan.channels import InputError, Preprocessing, preprocessing_of
from mmchan.prediction.classification import (
    Classification,
    classify,
    draw,
    imagenet_names,
    load_image,
    prepare,
)
from tests.weights.real_weights import photographs

FOUND = Classification((7, 3), ('cock', 'tiger shark'), (0.75, 0.25))


@pytest.mark.parametrize('name', ['efficientnet-lite1', 'rexnet-1.0x'])
@pytest.mark.parametrize('photograph', ['chelsea', 'flower'])
def test_inputs_equal_timms(name, photograph):
    image = Image.fromarray(photographs()[photograph])
    ours = preprocessing_of(name)
    theirs = create_transform(
        (3, ours.size, ours.size),
        crop_pct=ours.crop_ratio,
        interpolation=ours.interpolation,
        mean=ours.mean,
        std=ours.std,
    )
    assert torch.allclose(prepare(image, ours), theirs(image), atol=1e-6)


def test_bgr_reverses_the_normalised_channels():
    image = Image.fromarray(photographs()['coffee'])
    rgb, bgr = (prepare(image, Preprocessing(colour=colour)) for colour in ('rgb', 'bgr'))
    assert torch.equal(rgb.flip(0), bgr)


def test_names_are_imagenets():
    names = imagenet_names()
    assert (len(names), names[0], names[-1]) == (1000, 'tench', 'toilet tissue')
    info = ImageNetInfo()
    theirs = [info.index_to_description(label).lower() for label in range(1000)]
    assert sum(name.lower() in other for name, other in zip(names, theirs, strict=True)) > 950


def test_every_kind_of_image_becomes_rgb(tmp_path):
    pixels = photographs()['coffee'][::4, ::4]
    Image.fromarray(pixels).convert('L').save(tmp_path / 'grey.png')
    Image.fromarray(pixels).convert('RGBA').save(tmp_path / 'alpha.png')
    kinds = [tmp_path / 'grey.png', str(tmp_path / 'alpha.png'), Image.fromarray(pixels), pixels]
    assert [load_image(image).mode for image in kinds] == ['RGB'] * 4
    assert np.array_equal(np.asarray(load_image(pixels)), pixels)


def test_classification_leaves_the_mode_and_takes_at_most_all_classes():
    model = mmchan.get_model('regnetx-400mf', num_classes=3).train()
    image = Image.new('RGB', (32, 32), 'red')
    found = classify(model, image, Preprocessing(size=32), topk=5)
    assert model.training
    assert sorted(found.labels) == [0, 1, 2]
    assert found.names[0] == f'class {found.labels[0]}'
    assert sum(found.probabilities) == pytest.approx(1)
    assert list(found.probabilities) == sorted(found.probabilities, reverse=True)
    with pytest.raises(InputError, match='topk must be an integer >= 1, got 0'):
        classify(model, image, Preprocessing(size=32), topk=0)


@pytest.mark.parametrize(('size', 'drawn'), [((64, 32), (512, 256)), ((600, 400), (600, 400))])
def test_drawing_keeps_the_picture_above_and_writes_below(size, drawn):
    pixels = draw(Image.new('RGB', size, (200, 30, 30)), FOUND)
    assert pixels.shape == (drawn[1], drawn[0], 3)
    assert (pixels[: drawn[1] // 2] == (200, 30, 30)).all()
    # the bar of the first class is three times as long as that of the second
    blue = (pixels == (86, 180, 233)).all(2).sum(1)
    lengths = sorted(set(blue[blue > 0].tolist()))
    assert lengths[-1] / lengths[0] == pytest.approx(3, rel=0.15)


def test_plain_values_hold_the_first_class_and_all():
    plain = FOUND.as_dict()
    assert (plain['label'], plain['class'], plain['score']) == (7, 'cock', 0.75)
    assert [row['class'] for row in plain['top']] == ['cock', 'tiger shark']
