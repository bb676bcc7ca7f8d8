"""What runtime_cfg may say."""

import pytest

from mmchan.errors import InputError
from mmchan.runs.settings import HOOKS, hooks_of, wants_new_schedule


def test_all_hooks_are_on_by_default():
    assert {name: hook['type'] for name, hook in hooks_of(None).items()} == HOOKS


def test_settings_reach_their_hook_and_none_switches_it_off():
    assert hooks_of({'checkpoint': {'iters': 5}})['checkpoint'] == {
        **{'type': HOOKS['checkpoint']},
        'iters': 5,
    }
    assert 'checkpoint' not in hooks_of({'checkpoint': None})


@pytest.mark.parametrize(
    ('given', 'said'),
    [
        ({'checkpiont': {}}, "unknown setting of runtime_cfg 'checkpiont'; did you mean 'checkpoint'"),
        ({'checkpoint': 5}, r'runtime_cfg\.checkpoint must be a dict of settings, or None'),
    ],
)
def test_mistakes_are_named(given, said):
    with pytest.raises(InputError, match=said):
        hooks_of(given)


def test_new_schedule_is_no_hook():
    assert wants_new_schedule({'new_schedule': True})
    assert not wants_new_schedule(None)
    assert 'new_schedule' not in hooks_of({'new_schedule': True})
