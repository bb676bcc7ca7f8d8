"""Confusions are counted, of classifiers and of detectors, against cases made by hand."""

import json
import pickle
from pathlib import Path

import mmengine
import numpy as np
import pytest
import torch
from PIL import Image

from mmchan.channels import InputError
from mmchan.drawing.confused import draw_confusion
from mmchan.prediction.confusion import Case, Confusion, of_classifier, of_detector
from tests.weights.files import Planted

SAID = [('a', 0, 0), ('a', 0, 2), ('a', 0, 2), ('b', 1, 1), ('b', 1, 0), ('c', 2, 2), ('c', 2, 0)]
SCORES = np.array([0.6, 0.7, 0.9, 0.8, 0.5, 0.9, 0.4])


@pytest.fixture
def results(tmp_path):
    samples = []
    for number, ((folder, truth, said), score) in enumerate(zip(SAID, SCORES.tolist(), strict=True)):
        image = tmp_path / folder / f'{number}.png'
        image.parent.mkdir(exist_ok=True)
        Image.new('L', (8, 8), 40 * number).save(image)
        scores = torch.full((3,), (1 - score) / 2)
        scores[said] = score
        labels = {'gt_label': torch.tensor([truth]), 'pred_label': torch.tensor([said])}
        samples.append({'img_path': str(image), **labels, 'pred_score': scores})
    mmengine.dump(samples, str(tmp_path / 'p.pkl'))
    return tmp_path / 'p.pkl'


def test_matrix_and_pairs_are_those_of_the_cases(results):
    found = of_classifier(results)
    assert found.classes == ('a', 'b', 'c')
    assert found.matrix.tolist() == [[1, 0, 2], [1, 1, 0], [1, 0, 1]]
    assert found.right == 3
    pairs = found.pairs(3)
    told = [(pair.truth, pair.predicted, len(pair.cases), pair.share) for pair in pairs]
    assert told == [('a', 'c', 2, pytest.approx(2 / 3)), ('b', 'a', 1, 0.5), ('c', 'a', 1, 0.5)]
    assert [case.image.name for case in pairs[0].cases] == ['2.png', '1.png']  # the surest first
    assert found.as_dict(pairs)['pairs'][1]['images'] == [str(results.parent / 'b' / '4.png')]


def test_picture_is_drawn_also_without_the_images(results, tmp_path):
    found = of_classifier(results)
    (tmp_path / 'a' / '2.png').unlink()
    draw_confusion(found, found.pairs(3), tmp_path / 'new' / 'c.png')
    with Image.open(tmp_path / 'new' / 'c.png') as picture:
        assert picture.width > 1.5 * picture.height


def test_names_are_the_configs_the_folders_or_numbers(results):
    assert of_classifier(results, ['x', 'y', 'z']).classes == ('x', 'y', 'z')
    with pytest.raises(InputError, match='for 3 classes, the config names 2'):
        of_classifier(results, ['x', 'y'])
    samples = mmengine.load(str(results))
    samples[0]['img_path'] = 'elsewhere/0.png'
    mmengine.dump(samples, str(results))
    assert of_classifier(results).classes == ('class 0', 'class 1', 'class 2')


def test_results_that_run_code_are_refused(tmp_path):
    (tmp_path / 'p.pkl').write_bytes(pickle.dumps([{'img_path': Planted(tmp_path / 'ran')}]))
    with pytest.raises(InputError, match=r'p.pkl: it needs \w+.open, which may run code; --trust'):
        of_classifier(tmp_path / 'p.pkl')
    assert not (tmp_path / 'ran').exists()


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (b'no pickle', 'is no pickle of mmchan test --out'),
        (pickle.dumps({}), 'holds no list of samples'),
        (pickle.dumps([{'img_path': 'a.png'}]), "no predictions of a classifier .* no 'gt_label'"),
        (pickle.dumps([]), 'holds no prediction'),
    ],
)
def test_other_files_are_refused(tmp_path, content, message):
    (tmp_path / 'p.pkl').write_bytes(content)
    with pytest.raises(InputError, match=message):
        of_classifier(tmp_path / 'p.pkl')


def entry(left, category, score=None):
    """An object of 10 x 10 px, or a detection."""
    row = {'image_id': 1, 'bbox': [left, 0, 10, 10], 'category_id': category}
    return row if score is None else {**row, 'score': score}


def test_detections_take_the_objects_that_they_overlap(tmp_path):
    content = {
        'images': [{'id': 1, 'file_name': 'a.jpg'}],
        'categories': [{'id': 7, 'name': 'cat'}, {'id': 9, 'name': 'dog'}],
        'annotations': [entry(0, 7), entry(50, 9), entry(100, 9)],
    }
    (tmp_path / 'truth.json').write_text(json.dumps(content))
    found = [
        entry(1, 9, 0.9),  # the cat, taken for a dog
        entry(0, 7, 0.8),  # the cat again, which is taken already
        entry(51, 9, 0.7),
        entry(100, 9, 0.4),  # too unsure: the object is missed
    ]
    (tmp_path / 'found.json').write_text(json.dumps(found))
    confusion = of_detector(tmp_path / 'found.json', tmp_path / 'truth.json', tmp_path)
    assert confusion.classes == ('cat', 'dog', 'nothing')
    assert confusion.matrix.tolist() == [[0, 1, 0], [0, 1, 1], [1, 0, 0]]
    assert [case.box for case in confusion.pairs(1)[0].cases] == [(1, 0, 10, 10)]
    with pytest.raises(InputError, match='no results and annotations in COCO'):
        of_detector(tmp_path / 'truth.json', tmp_path / 'found.json', tmp_path)
    (tmp_path / 'found.json').write_text(json.dumps([entry(0, 8, 0.9)]))
    with pytest.raises(InputError, match=r'has categories that .* has not: 8'):
        of_detector(tmp_path / 'found.json', tmp_path / 'truth.json', tmp_path)


def test_of_many_classes_those_of_the_pairs_are_drawn(tmp_path):
    cases = [Case(Path('a.png'), label, (label + 1) % 40, 0.5) for label in range(40)]
    confusion = Confusion(tuple(f'a class of a long name {label}' for label in range(40)), tuple(cases))
    draw_confusion(confusion, confusion.pairs(2), tmp_path / 'c.svg')
    text = (tmp_path / 'c.svg').read_text()
    assert text.count('<!-- a class of a lo') == 2 * 3 + 2  # on both axes, and above the pairs
