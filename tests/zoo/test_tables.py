"""Tables as Markdown, CSV and JSON, and those between the markers of README files."""

import csv
import json

import pytest

from mmchan.errors import InputError
from mmchan.zoo import rows
from mmchan.zoo.tables import markdown, rendered, table

MARKER = '<!-- zoo: task=classification folder=rexnet_lite dataset=ImageNet-1k columns=macs,top1 -->\n'


def test_markdown_has_filled_columns_and_relative_links():
    chosen = [row for row in rows('classification') if row.variant == 'rexnet-lite-1.0x']
    lines = markdown(chosen, folder='configs/rexnet_lite').splitlines()
    assert lines[0].startswith(
        '| model | schedule | resolution | evaluated on '
        '| parameters (M) | MACs (G) | activations (M) | top-1 (%) | top-5 (%) |'
    )
    assert lines[2].startswith(
        '| [rexnet-lite-1.0x_4xb128_in1k](rexnet-lite-1.0x_4xb128_in1k.py) '
        '| 400 epochs | 224x224 | ImageNet-1k val | 4.74 | 0.4068 |'
    )
    assert 'paper: [clovaai/rexnet](https://github.com/clovaai/rexnet)' in lines[2]
    assert len({line.count('|') for line in lines}) == 1


@pytest.mark.parametrize('task', ['classification', 'detection', 'segmentation', 'transfer'])
def test_csv_and_json_hold_every_row(task):
    names = [row.name for row in rows(task)]
    assert [row['name'] for row in csv.DictReader(table(task, 'csv').splitlines())] == names
    assert json.loads(table(task, 'json')) == [row.as_dict() for row in rows(task)]


def test_marked_table_is_made_anew_and_then_stays():
    text = f'before\n\n{MARKER}\nstale\n\n<!-- /zoo -->\nafter\n'
    made = rendered(text, folder='docs')
    assert 'stale' not in made
    assert '| [rexnet-lite-1.0x_4xb128_in1k](../configs/rexnet_lite/' in made
    assert made.count('\n| [') == 4
    assert (made.startswith('before\n\n'), made.endswith('<!-- /zoo -->\nafter\n')) == (True, True)
    assert rendered(made, folder='docs') == made


@pytest.mark.parametrize(
    ('marker', 'message'),
    [
        ('task=detection famliy=regnetx', "unknown option of a zoo marker 'famliy'; did you mean 'family'"),
        ('task=detection family=regnetz', 'no row of the zoo fits the marker'),
        ('task=detection columns=parms', "unknown column 'parms'; did you mean 'params'"),
    ],
)
def test_wrong_marker_is_refused(marker, message):
    with pytest.raises(InputError, match=message):
        rendered(f'<!-- zoo: {marker} -->\n<!-- /zoo -->', folder='.')


def test_unknown_format_suggests_the_nearest():
    with pytest.raises(InputError, match="unknown format 'jsn'; did you mean 'json'"):
        table('detection', 'jsn')


def test_costs_of_detectors_say_their_proposals():
    proposals = {'faster_rcnn': 1000, 'mask_rcnn': 1000}
    for folder, number in proposals.items():
        task = 'detection' if folder == 'faster_rcnn' else 'segmentation'
        chosen = [row for row in rows(task) if (row.config or '').startswith(f'configs/{folder}/')]
        note = markdown(chosen).splitlines()[-1]
        assert note.startswith(f'The second stage is counted for {number}, ')
        assert 'digits-coco) proposals.' in note
        assert 'proposals' not in markdown(chosen, columns=['box_ap'])
        on_coco = [row for row in chosen if row.dataset == 'COCO']
        assert markdown(on_coco).endswith('The second stage is counted for 1000 proposals.')


def test_tables_of_one_stage_say_nothing_of_proposals():
    chosen = [row for row in rows('detection') if row.detector in ('RetinaNet', 'SSDLite')]
    assert 'proposals' not in markdown(chosen)


def test_csv_has_a_column_for_every_latency():
    found = {row['name']: row for row in csv.DictReader(table('classification', 'csv').splitlines())}
    row = found['mmchan_rexnet-1.0x_4xb128_in1k']
    assert (row['cpu_ms'], row['v100_ms'], row['m40_ms']) == ('47', '21', '68')
