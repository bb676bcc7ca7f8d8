"""Plain values that a training changes in modules are saved and put back."""

from collections import deque

import pytest
from torch import nn

from mmchan.runs.changes import changed_values, plain_values, restore_values


class Remembering(nn.Module):
    """Remembers as modules of mmdet do."""

    def __init__(self):
        super().__init__()
        self.size = None
        self.history = deque([1.0], maxlen=3)
        self.ratio = 0.5
        self.names = {'a': [1, 2]}
        self.other = object()
        self.inner = nn.BatchNorm2d(3)


@pytest.fixture
def model():
    return nn.Sequential(Remembering(), nn.ReLU())


def test_nothing_changed_saves_nothing(model):
    before = plain_values(model)
    model.eval()  # no memory, but the state of the loop
    assert changed_values(before, model) == {}


def test_changes_come_back_in_another_model(model):
    before = plain_values(model)
    model[0].size = (64, 96)
    model[0].history.extend([2.0, 3.0, 4.0])
    model[0].names['a'].append(3)
    changed = changed_values(before, model)
    assert changed == {'0.size': [64, 96], '0.history': [2.0, 3.0, 4.0], '0.names': {'a': [1, 2, 3]}}
    other = nn.Sequential(Remembering(), nn.ReLU())
    restore_values(other, changed)
    assert other[0].size == (64, 96)
    assert other[0].history == model[0].history
    assert other[0].history.maxlen == 3
    assert other[0].names == model[0].names
    assert changed_values(plain_values(other), model) == {}


def test_values_of_another_network_are_left_out(model):
    restore_values(model, {'5.size': 1, '0.ratio': 0.25})
    assert model[0].ratio == 0.25
