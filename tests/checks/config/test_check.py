"""All checks of a config speak at once, each finding once, with the line that set its key."""

import pytest
from mmengine.config import Config

from mmchan.checks.config import check
from mmchan.findings import FAIL, WARN, Finding
from mmchan.runs.config import load_config
from tests.cli.command_lines import DIGITS


class Places:
    """Sources that know the lines of some keys."""

    def __init__(self, **places):
        self.places = places

    def place(self, key):
        return self.places.get(key, '')


@pytest.fixture
def found(monkeypatch):
    """Runs the checks where each says what it is told to."""

    def run(keys=(), meaning=(), trial=(), sources=None):
        monkeypatch.setattr(check, 'check_keys', lambda cfg, sources: iter(keys))
        monkeypatch.setattr(check, 'check_meaning', lambda cfg, loaders, processes: iter(meaning))
        monkeypatch.setattr(check, 'check_trial', lambda cfg, loaders: iter(trial))
        return check.check_config(Config(), [], sources=sources)

    return run


def test_key_is_followed_by_its_place_where_it_is_known(found):
    findings = found(
        keys=[Finding(FAIL, 'modle', 'a')],
        meaning=[Finding(WARN, 'hooks', 'b')],
        sources=Places(modle='x.py:3'),
    )
    assert [finding.where for finding in findings] == ['modle (x.py:3)', 'hooks']


def test_what_two_checks_find_is_said_once(found):
    twice = Finding(FAIL, 'model.neck', 'is wrong')
    assert found(keys=[twice], meaning=[twice]) == [twice]


@pytest.mark.parametrize('tried', ['model.neck', 'model', 'model.neck.layers[0]'])
def test_trial_does_not_repeat_a_fault_that_is_known(found, tried):
    known, other = Finding(FAIL, 'model.neck', 'is wrong'), Finding(FAIL, 'model.necklace', 'is wrong')
    assert found(keys=[known], trial=[Finding(FAIL, tried, 'does not build'), other]) == [known, other]


def test_warning_does_not_hide_what_the_trial_finds(found):
    known, tried = Finding(WARN, 'model.neck', 'is odd'), Finding(FAIL, 'model', 'does not build')
    assert found(meaning=[known], trial=[tried]) == [known, tried]


@pytest.mark.parametrize(
    ('key', 'value', 'where'),
    [
        ('runner_type', '', 'runner_type'),
        ('default_scope', '', 'default_scope'),
        ('model.backbone.out_channels', 0, 'model.backbone.out_channels'),
    ],
)
def test_value_that_no_library_refuses_in_words_is_a_fault(key, value, where):
    cfg = load_config(DIGITS, {key: value})
    found = check.check_config(cfg, ['train_dataloader'])
    assert (FAIL, where) in [(finding.state, finding.where) for finding in found]
