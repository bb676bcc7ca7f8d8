"""The picture shows right and wrong predictions and is written whole."""

import numpy as np
import pytest
from matplotlib.image import imread
from PIL import Image

from mmchan.drawing.classified import choose, draw_predictions
from mmchan.prediction.results import Prediction


@pytest.fixture
def predictions(tmp_path):
    path = tmp_path / 'digit.png'
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(path)
    return [Prediction(path, truth=index % 10, predicted=0, score=0.9) for index in range(50)]


def test_choice_has_right_ones_first_and_few_wrong_ones(predictions):
    chosen = choose(predictions, number=8, mistakes=3)
    assert [prediction.is_right for prediction in chosen] == [True] * 5 + [False] * 3


@pytest.mark.parametrize(('right', 'wrong', 'shown'), [(0, 9, 4), (3, 0, 3), (20, 1, 16)])
def test_choice_of_any_mixture(predictions, right, wrong, shown):
    mixture = [prediction for prediction in predictions * 5 if prediction.is_right][:right]
    mixture += [prediction for prediction in predictions if not prediction.is_right][:wrong]
    assert len(choose(mixture)) == shown


def test_picture_is_written_and_nothing_else(predictions, tmp_path):
    out = draw_predictions(predictions, tmp_path / 'new' / 'picture.png')
    assert [path.name for path in out.parent.iterdir()] == ['picture.png']
    picture = imread(out)[..., :3]
    for colour in ((26, 127, 55), (207, 34, 46)):  # the captions' green and red
        assert (np.abs(picture * 255 - colour).max(-1) < 2).any()
