"""Rows can be told apart, and only what was trained and evaluated alike compares."""

import csv
from dataclasses import replace

import pytest

from mmchan.zoo import TASKS, rows
from mmchan.zoo.comparing import conditions_of, indistinguishable, schedule_of
from mmchan.zoo.metafiles import read_entries
from mmchan.zoo.tables import plain, table


@pytest.mark.parametrize('task', TASKS)
def test_no_two_rows_of_a_table_read_alike(task):
    found = rows(task)
    assert indistinguishable(found) == []
    assert indistinguishable([*found, replace(found[0], name='twin')]) == [[found[0].name, 'twin']]
    headings, cells = plain(found)
    assert {'schedule', 'resolution', 'evaluated on', 'source', 'recipe'} <= set(headings)
    assert len({tuple(row) for row in cells}) == len(found)
    lines = table(task, 'md').splitlines()
    assert '| model | schedule | resolution | evaluated on | recipe |' in lines[0]
    assert {row['schedule'] for row in csv.DictReader(table(task, 'csv').splitlines())}.isdisjoint({''})


def test_schedules_are_said_as_each_task_says_them():
    found = {row.name.removeprefix('mmchan_'): row for task in TASKS for row in rows(task)}
    assert found['rexnet-1.0x_4xb128_in1k'].schedule == '400 epochs'
    assert found['retinanet_regnetx-1.6gf_fpn_1x_coco'].schedule == '1x'
    assert found['mask-rcnn_regnetx-3.2gf_fpn_ms-3x_coco'].schedule == '3x, multi-scale'
    assert found['faster-rcnn_rexnet-1.0x_fpn_1x_coco'].schedule == 'unpublished'
    assert found['ssdlite_rexnet-1.0x_8xb24-600e_coco'].evaluated_on == 'COCO test-dev'
    assert schedule_of('2x', 12, detector=True) == '2x'
    assert schedule_of(None, None, detector=True) is None


def test_a_recipe_with_epochs_states_the_same_number():
    for entry in read_entries():
        recipe, epochs = entry.metadata('Recipe'), entry.metadata('Epochs')
        words = recipe.replace(',', ' ').split()
        if 'epochs' in words and 'not published' not in recipe:
            assert words[words.index('epochs') - 1] == str(epochs), entry.name


def test_a_series_has_its_own_resolutions_only_where_it_differs():
    scaled = {row.series for row in rows('classification') if row.scaled}
    assert scaled == {'efficientnet', 'efficientnet_lite'}
    assert not any(row.scaled for row in rows('detection'))
    small = next(row for row in rows('classification') if row.variant == 'efficientnet-b0')
    assert small.resolution == '224x224'
    assert conditions_of(small).resolution == 'own resolutions'


def test_schedules_that_nobody_published_compare_within_their_source():
    first = next(row for row in rows('detection') if row.schedule == 'unpublished')
    other = replace(first, source='another paper')
    assert conditions_of(first) == conditions_of(replace(first, variant='rexnet-1.0x'))
    assert conditions_of(first) != conditions_of(other)
