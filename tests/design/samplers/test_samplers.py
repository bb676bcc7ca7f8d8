"""Samplers propose different networks of the space, the same ones again, and learn from errors."""

import numpy as np
import pytest

from mmchan.design import samplers, spaces
from mmchan.errors import InputError

LIMITS = {'macs': (0, 30e6), 'parameters': (0, 0.2e6)}
SPACE = spaces.rexnet('linear', blocks=5).within(**LIMITS)
LINE = np.linspace(20, 60, 5)  # what the searches of these tests shall find


def _errors(population):
    widths = [population.plan(index).widths for index in range(len(population))]
    distances = np.abs(np.log(np.array(widths) / LINE)).mean(axis=1)
    return dict(zip(population.ids.tolist(), distances.tolist(), strict=True))


def _searched(name, *, rounds=6, seed=0, space=SPACE):
    sampler, asked, errors = samplers.get(name, space, seed=seed), [], {}
    for _ in range(rounds):
        population = sampler.ask(5)
        asked += population.ids.tolist()
        told = _errors(population)
        sampler.tell(told)
        errors |= told
    return asked, errors


@pytest.mark.parametrize('name', ['random', 'tpe', 'nsga2'])
def test_networks_are_different_and_the_same_again(name):
    asked, _ = _searched(name)
    assert len(set(asked)) == 30
    assert _searched(name)[0] == asked
    assert _searched(name, seed=1)[0] != asked


def test_networks_of_all_samplers_keep_to_the_limits():
    for name in ('random', 'tpe', 'nsga2'):
        sampler = samplers.get(name, SPACE, seed=3)
        population = sampler.ask(8)
        assert (population.macs <= LIMITS['macs'][1]).all()
        assert (population.parameters <= LIMITS['parameters'][1]).all()
        for index in range(8):
            assert list(population.plan(index).widths) == sorted(population.plan(index).widths)


def test_random_search_is_the_population_of_a_sweep():
    sampler = samplers.get('random', SPACE, seed=2)
    asked = [*sampler.ask(3).ids, *sampler.ask(4).ids]
    assert asked == spaces.sample(SPACE, seed=2, count=7).ids.tolist()


def test_sampler_learns_where_errors_are_small():
    _, errors = _searched('tpe', rounds=12, space=spaces.rexnet('linear', blocks=5))
    told = list(errors.values())
    assert np.median(told[30:]) < np.median(told[:10])


def test_what_failed_counts_as_the_worst():
    sampler = samplers.get('tpe', SPACE)
    asked = sampler.ask(2)
    sampler.tell(dict(zip(asked.ids.tolist(), [np.nan, 0.25], strict=True)))
    told = [trial.value for trial in sampler.study.trials if max(trial.constraints.values()) <= 0]
    assert told == [1.0, 0.25]


def test_sampler_of_a_space_that_is_used_up_says_so():
    few = spaces.Space(name='few', family='rexnet', laws={'width_mult': spaces.Choice((1.0, 2.0))})
    sampler = samplers.OptunaSampler('tpe', few, seed=0, patience=20)
    with pytest.raises(InputError, match='no new network of few; 2 were found before'):
        sampler.ask(3)


def test_unknown_sampler_names_the_nearest():
    with pytest.raises(InputError, match="'nsga2'"):
        samplers.get('nsga', SPACE)


def test_measured_constraint_is_refused():
    measured = SPACE.constrained(spaces.Measured('latency', len, high=1))
    with pytest.raises(InputError, match='none that is measured'):
        samplers.get('tpe', measured)
