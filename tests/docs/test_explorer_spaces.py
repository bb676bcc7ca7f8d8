"""The explorer's tab that samples a space: at the same uniform numbers as in Python, live, by keyboard."""

import json
from dataclasses import asdict, replace
from itertools import pairwise

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from scipy.stats import kstest

from mmchan.channels import count, get_plan
from mmchan.design import spaces
from mmchan.design.spaces.draws import draws_at
from tests.docs.explorer_tabs import names_of, numbers_in

pytestmark = pytest.mark.slow

DRAWS = 1500  # of every space
EDGES = 64  # more draws, at the running sums of the laws' tables, where one value ends and the next begins
BANDS = {224: {'macs': (100e6, 2e9), 'parameters': (1e6, 30e6)}, 32: {'macs': (10e6, 100e6)}}
AT_UNIFORMS = """text => {
    const { name, bands, resolution, uniforms } = JSON.parse(text);
    const space = mmchan.spaceWithin(name, { bands, resolution });
    const networks = new Map();
    return JSON.stringify(uniforms.map(numbers => {
        const { given, network, removed } = mmchan.drawAt(space, numbers);
        const { plan, parameters, macs, activations } = network() ?? {};
        const same = plan ? mmchan.identity(plan) : null;
        if (!networks.has(same)) networks.set(same, networks.size);
        const cost = plan ? [parameters, macs, activations] : [0, 0, 0];
        return { given, removed, cost, same: networks.get(same) };
    }));
}"""
RANDOM = 'seed => Array.from({ length: 5000 }, mmchan.generator(seed))'


def uniforms_of(space, rng):
    """Numbers uniform in [0, 1), (rows, N); some at the ends and at the steps of laws."""
    rows = space.scheme.uniforms
    laws = [law for law in space.laws.values() if isinstance(law, spaces.Law)]
    laws += [row.law for row in space.laws.values() if isinstance(row, spaces.PerStage)]
    steps = np.concatenate([[0, 1 - 2**-53], *(law.table.cumulative[:-1] for law in laws)])
    return np.concatenate([rng.random((rows, DRAWS)), rng.choice(steps, (rows, EDGES))], axis=1)


def in_page(page, space, name, uniforms):
    """What the page makes of uniform numbers."""
    bands = [asdict(one) for one in space.constraints if isinstance(one, spaces.Band)]
    case = {'name': name, 'bands': bands, 'resolution': space.resolution, 'uniforms': uniforms.T.tolist()}
    return json.loads(page.evaluate(AT_UNIFORMS, json.dumps(case)))


def removing(space, draws):
    """The label of the first constraint that each draw fails, or None."""
    labels = np.full(len(draws), None)
    for check in space.checks[::-1]:
        labels[~check.passes(draws)] = check.label
    return labels.tolist()


def or_none(value):
    """None for NaN, which stands for it in arrays."""
    return None if value != value else value


def first_difference(page, name, space, rng):
    """Where page and Python differ first about a space, and the labels that Python gives."""
    space = space.within(**BANDS[space.resolution])
    space = replace(space, resolution=space.resolution - 15)  # strides round up
    uniforms = uniforms_of(space, rng)
    draws, found = draws_at(space, uniforms), in_page(page, space, name, uniforms)
    given = {key: [*map(or_none, values.tolist())] for key, values in draws.drawn.items()}
    labels, cost = removing(space, draws), draws.cost
    costs = np.stack([cost.parameters, cost.macs, cost.activations], axis=1).tolist()
    for index, one in enumerate(found):
        expected = {key: values[index] for key, values in given.items()}, labels[index], costs[index]
        if ({key: one['given'][key] for key in given}, one['removed'], one['cost']) != expected:
            return (name, one, expected), labels
    return None, labels


def test_draws_equal_python_at_the_same_uniform_numbers(open_page, extension):
    usual = extension('spaces_data').usual_spaces()
    page, rng = open_page('explorer'), np.random.default_rng(8)
    assert usual.keys() > {'rexnet', 'efficientnet'}
    for name, space in {**{name: spaces.get(name) for name in spaces.names()}, **usual}.items():
        difference, labels = first_difference(page, name, space, rng)
        assert difference is None
        labels_of_all = {check.label for check in space.checks} - {'parameters that go together'}
        assert {None, *labels_of_all} < {*labels}


def test_networks_are_the_same_where_python_says_so(open_page):
    page, rng = open_page('explorer'), np.random.default_rng(9)
    for name in ('anynetx_e', 'rexnet_linear'):  # groups change widths, a floor hides a line
        space = spaces.get(name)
        uniforms = rng.integers(0, 3, (space.scheme.uniforms, 150)) / 6  # few values, so that some come again
        ids = [network.id for network in draws_at(space, uniforms).networks]
        numbers = [one['same'] for one in in_page(page, space, name, uniforms)]
        pairs = {*zip(ids, numbers, strict=True)}
        assert len(pairs) == len({*ids}) == len({*numbers})
        assert 10 < len(pairs) < 150


def test_random_numbers_are_uniform_and_follow_the_seed(open_page):
    page = open_page('explorer')
    first, again, other = (np.array(page.evaluate(RANDOM, seed)) for seed in (0, 0, 1))
    assert (first == again).all()
    assert not (first == other).any()
    for numbers in (first, other):
        assert kstest(numbers, 'uniform').pvalue > 0.01
        assert abs(np.corrcoef(numbers[1:], numbers[:-1])[0, 1]) < 0.04


def part(page, name):
    return page.locator(f'#sampler [data-part="{name}"]')


def sampled(page, **settings):
    """Sample with settings by label, in the tab."""
    page.get_by_role('tab', name='Sample a space').click()
    for label, value in settings.items():
        field = page.locator(f'#sampler-{label}')
        field.select_option(value) if label == 'space' else field.fill(value)
    page.get_by_role('button', name='Sample', exact=True).click()
    page.get_by_text('Done: ').wait_for()


def of_snippet(page):
    """The names that the config of the page defines."""
    return names_of(part(page, 'snippet'))


def test_sampled_networks_are_those_of_their_configs(open_page):
    page = open_page('explorer')
    sampled(page, space='anynetx_e', size='40')
    draws = [row.split('\t') for row in part(page, 'draws').locator('tr').all_inner_texts()]
    amounts = [int(row[1].replace(',', '')) for row in draws]
    assert amounts[0] == sum(amounts[1:])
    assert (amounts[-1], draws[-1][0]) == (40, 'networks')
    assert page.locator('#sampler .mm-point').count() == 40
    page.get_by_role('button', name='network 7', exact=True).click()
    names = of_snippet(page)
    assert names['model']['backbone']['type'] == 'mmchan.Backbone'
    plan = get_plan(names['arch'])
    cost = count(plan)
    assert 360e6 <= cost.macs <= 400e6
    assert part(page, 'parameters').inner_text() == f'{cost.parameters / 1e6:.2f} M'
    assert numbers_in(part(page, 'stages').inner_text()) == plan.stage_widths
    assert numbers_in(part(page, 'depths').inner_text()) == plan.stage_depths
    for row in (names['arch']['widths'], names['arch']['depths']):
        assert all(below <= above for below, above in pairwise(row))
    assert page.locator('#sampler [data-part="chart"] rect').count() == len(plan.widths)


def test_tab_works_by_keyboard_and_stays_in_the_address(open_page):
    page = open_page('explorer')
    page.get_by_role('tab', name='Design for my budget').focus()
    page.keyboard.press('ArrowRight')
    assert page.get_by_role('tab', name='Sample a space').get_attribute('aria-selected') == 'true'
    assert page.locator('#explorer').is_hidden()
    page.reload()
    page.locator('#sampler-size').fill('8')
    page.keyboard.press('Enter')
    page.get_by_text('Done: 8 of 8 networks').wait_for()
    page.locator('#sampler .mm-point[tabindex="0"]').focus()
    page.keyboard.press('ArrowRight')
    page.keyboard.press('Enter')
    assert part(page, 'name').inner_text() == 'Network 2'
    page.wait_for_function("location.hash.endsWith('network=2')")
    page.reload()  # the population comes again, by its seed
    page.get_by_text('Done: 8 of 8 networks').wait_for()
    assert part(page, 'name').inner_text() == 'Network 2'
    assert page.locator('#sampler tr.mm-picked').inner_text().startswith('network 2\t')


def test_wrong_settings_and_starving_spaces_are_explained(open_page):
    page = open_page('explorer')
    page.get_by_role('tab', name='Sample a space').click()
    for name, value, words in (
        ('size', '501', '“Networks, up to 500” takes a whole number from 1 to 500, not 501.'),
        (
            'low',
            '500',
            'The least MACs, 500 M, are more than the greatest, 400 M: lower the first or raise the second.',
        ),
    ):
        before = part(page, name).input_value()
        part(page, name).fill(value)
        page.keyboard.press('Enter')
        assert part(page, 'message').inner_text() == words
        part(page, name).fill(before)
    part(page, 'most').fill('0.01')
    page.keyboard.press('Enter')
    page.get_by_role('button', name='Stop').click()
    assert part(page, 'said').inner_text().startswith('Stopped: 0 of 500 networks from ')
    assert part(page, 'message').inner_text() == ''


def test_sampled_space_fits_a_phone_and_passes_axe(open_page):
    page = open_page('explorer', viewport={'width': 390, 'height': 844})
    sampled(page, space='regnety', size='12')
    page.locator('#sampler [data-part="kind"]').select_option('EDF')
    assert page.evaluate('document.documentElement.scrollWidth') <= 390
    for theme, rules in (
        ('light', {}),
        ('dark', {'runOnly': {'type': 'rule', 'values': ['color-contrast']}}),
    ):
        page.evaluate('theme => { document.documentElement.dataset.theme = theme; }', theme)
        results = Axe().run(page, context='#sampler', options={'preload': False, **rules})
        assert results.violations_count == 0, results.generate_report()
