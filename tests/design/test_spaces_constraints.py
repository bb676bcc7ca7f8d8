"""Constraints: what they let pass, in which order they are asked, what is said where they contradict."""

from collections import Counter

import numpy as np
import pytest

from mmchan.channels import InputError, get_plan
from mmchan.design import spaces
from mmchan.design.spaces import (
    Band,
    Cap,
    Choice,
    LogUniform,
    Measured,
    Predicted,
    Rising,
    Space,
    Uniform,
    Where,
)
from mmchan.design.spaces.network import network_id
from tests.design.bands import BAND, in_band


def test_contradictory_ones_say_which_removes_how_many():
    space = spaces.get('regnetx', macs=BAND, parameters=(50e6, 60e6))
    with pytest.raises(InputError) as caught:
        spaces.sample(space)
    said = str(caught.value)
    assert 'regnetx has too few networks: 200,704 draws gave 0 of 500' in said
    alone = said[said.index('Each by itself, of 20,480 draws:') :]
    assert '(98.2%): macs within [360M, 400M]' in alone
    assert '(96.9%): parameters within [50M, 60M]' in alone
    assert (
        'None of them passes all of: parameters < 3M + 5.5M (GMACs); macs within [360M, 400M]; '
        'parameters within [50M, 60M]'
    ) in said


def test_too_few_different_networks_are_said_to_be_there_already():
    space = Space(name='tiny', family='rexnet', laws={'width_mult': Choice((1.0, 2.0))})
    with pytest.raises(InputError, match=r'gave 2 of 3\.(.|\n)*removed: network there already'):
        spaces.sample(space, count=3, patience=100)


def test_counts_of_removed_draws_add_up():
    found = spaces.sample(in_band(), count=100)
    removed = found.drawn.removed
    left = found.drawn.draws - sum(removed.values())
    assert 100 <= left < 150  # the last block has some more
    assert next(iter(removed)) == '4 stages, none skipped or merged'


def test_explanation_asks_each_about_all_draws():
    alone = spaces.explain(spaces.get('regnetx', macs=BAND)).passed
    assert alone == {
        **spaces.explain(spaces.get('regnetx')).passed,
        'macs within [360M, 400M]': alone['macs within [360M, 400M]'],
    }


def test_caps_may_be_any_function_of_macs():
    space = in_band('anynetx_a').constrained(Cap('parameters', lambda macs: macs / 100))
    found = spaces.sample(space, count=20)
    assert (found.parameters < found.macs / 100).all()


def test_numbers_that_come_out_may_be_bounded():
    space = in_band('anynetx_a').constrained(Band('blocks', 10, 12), Band('stages', 4, 4))
    found = spaces.sample(space, count=10)
    assert set(found.depths.sum(axis=1)) <= {10, 11, 12}


def test_parameters_may_be_bounded():
    found = spaces.sample(in_band().constrained(Band('depth', 20, 22)), count=10)
    assert set(found.arguments['depth']) <= {20, 21, 22}


def test_widths_that_come_out_may_be_wanted_never_to_fall():
    space = in_band('anynetx_a').constrained(Rising('stage_widths'), Rising('stage_depths'))
    found = spaces.sample(space, count=3)
    assert (np.diff(found.widths) >= 0).all()
    assert (np.diff(found.depths) >= 0).all()


def test_rows_that_fall_are_rejected_where_they_cannot_be_drawn_rising():
    line = spaces.Linear(first=Uniform(8, 200), growth=Uniform(-8, 8))
    space = Space(name='lines', family='anyrexnet', laws={'widths': line}, stages=5)
    found = spaces.sample(space.constrained(Rising('widths')), count=20)
    assert (np.diff(found.arguments['widths']) >= 0).all()
    assert found.drawn.removed['widths never fall'] > 0


def test_ones_own_condition_sees_columns():
    space = in_band('anynetx_a').constrained(
        Where('a wide end', lambda column: column('widths')[:, -1] >= 512)
    )
    found = spaces.sample(space, count=10)
    assert (found.arguments['widths'][:, -1] >= 512).all()
    with pytest.raises(InputError, match="condition 'all' must be one truth value for each of"):
        spaces.sample(in_band('anynetx_a').constrained(Where('all', lambda column: True)), count=1)
    with pytest.raises(InputError, match="unknown column 'width'; did you mean 'widths'"):
        spaces.sample(in_band('anynetx_a').constrained(Where('no', lambda column: column('width'))), count=1)


def test_predicted_number_is_a_column():
    model = Predicted('latency', lambda column: column('activations') / 1e6 + 1, high=4)
    found = spaces.sample(in_band('anynetx_a').constrained(model), count=10)
    assert found.measured['latency'].tolist() == (found.activations / 1e6 + 1).tolist()
    assert found.measured['latency'].max() <= 4


def test_measurement_is_asked_last_and_once_a_network():
    asked = Counter()

    def latency(arch):
        plan = get_plan(arch)
        asked[network_id(plan)] += 1
        return float(len(plan.blocks))

    space = in_band('rexnet_linear').constrained(Measured('latency', latency, 9, 9))
    found = spaces.sample(space, count=30)
    assert found.measured['latency'].tolist() == [9] * 30
    assert set(asked.values()) == {1}
    assert len(asked) == 30
    few = spaces.sample(in_band('anynetx_a').constrained(Measured('blocks', latency, high=15)), count=9)
    more = spaces.sample(in_band('anynetx_a').constrained(Measured('blocks', latency, high=15)), count=30)
    assert (few.depths.sum(axis=1) <= 15).all()
    assert (few.ids == more.ids[:9]).all()
    assert few.drawn.removed['blocks <= 15'] > 0


def test_longer_rows_are_rarer_among_those_that_never_fall():
    laws = {'widths': LogUniform(8, 64, 8), 'depths': LogUniform(1, 4), 'group_widths': 8}
    space = Space(name='any', family='anynet', stages=Choice((1, 3)), laws=laws)
    space = space.constrained(Rising('widths'), Rising('depths'))
    stages, probabilities = space.scheme.stages.values, space.scheme.stages.probabilities
    rng = np.random.default_rng(0)
    lengths = rng.choice([1, 3], 200_000)
    kept = np.ones(200_000, dtype=bool)
    for law in (laws['widths'], laws['depths']):
        rows = np.where(np.arange(3) < lengths[:, None], law.draw(rng, (200_000, 3)), np.nan)
        kept &= ~(np.diff(rows) < 0).any(axis=1)
    assert stages.tolist() == [1, 3]
    assert probabilities[1] == pytest.approx((lengths[kept] == 3).mean(), abs=0.004)
