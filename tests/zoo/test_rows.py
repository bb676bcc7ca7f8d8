"""The zoo holds every row of the published tables, with the published figures and counted costs."""

import json
from dataclasses import replace

import modelindex
import pytest

from mmchan.errors import InputError
from mmchan.home import home
from mmchan.zoo import PROVENANCES, TASKS, Latency, read_entries, rows
from mmchan.zoo.quantities import columns_of, settings_of
from mmchan.zoo.records import Setting
from tests.golden import FOLDER, REGNET, REXNET

DETECTION = json.loads((FOLDER / 'detection.json').read_text())
MMCLS = {  # trained by mmcls, converted from pycls
    'regnetx-400mf': (72.56, 72.55),
    'regnetx-800mf': (74.76, 75.21),
    'regnetx-1.6gf': (76.84, 77.04),
    'regnetx-3.2gf': (78.09, 78.26),
    'regnetx-4.0gf': (78.60, 78.72),
    'regnetx-6.4gf': (79.38, 79.22),
    'regnetx-8.0gf': (79.12, 79.31),
    'regnetx-12gf': (79.67, 79.91),
}


def of(task, **wanted):
    """Rows as the metafiles have them, without what was measured here."""
    return [
        row
        for row in rows(task, measured=())
        if all(getattr(row, key) == value for key, value in wanted.items())
    ]


def test_modelindex_reads_what_the_zoo_reads():
    index = modelindex.load(str(home() / 'model-index.yml'))
    index.build_models_with_collections()
    ours = [entry for entry in read_entries() if not entry.is_baseline]
    assert sorted(model.name for model in index.models) == sorted(entry.name for entry in ours)
    parameters = {entry.name: entry.metadata('Parameters') for entry in ours}
    for model in index.models:
        assert model.metadata.parameters == parameters[model.name]
        assert (home() / model.config).is_file()


def test_rows_of_all_tasks_are_plain_and_uniquely_named():
    found = [row for task in TASKS for row in rows(task)]
    assert len({row.name for row in found}) == len(found) == len(read_entries())
    plain = [row.as_dict() for row in found]
    assert json.loads(json.dumps(plain)) == plain
    assert {row.provenance for row in found} <= {None, *PROVENANCES}
    assert all(row.provenance for row in found if row.metrics)


@pytest.mark.parametrize('variant', MMCLS)
def test_sixteen_rows_of_mmclassification(variant):
    trained, converted = MMCLS[variant]
    both = {row.source: row.metrics['top1'] for row in of('classification', variant=variant) if row.weights}
    assert both['mmpretrain model zoo'] == trained
    assert both['MMClassification, which converted the weights of pycls'] == converted


@pytest.mark.parametrize('golden', REGNET, ids=lambda golden: golden['name'])
def test_every_network_of_pycls_is_there_as_it_reports(golden):
    row = of('classification', variant=golden['name'].lower(), source='pycls model zoo')[0]
    assert row.metrics['top1'] == pytest.approx(100 - golden['top1_error'])
    assert row.metrics['top5'] == pytest.approx(100 - golden['top5_error'])
    assert (row.params, row.macs) == (golden['params'], golden['macs'])
    assert row.activations == golden['activations']
    assert f'/{golden["pycls_id"]}/{golden["name"]}_dds_8gpu.pyth' in row.weights
    assert row.colour == 'bgr'
    assert row.latencies == (Latency('V100', batch=64, ms=golden['v100_infer_ms_64']),)


REXNETS = {'rexnet-0.9x': 77.2, 'rexnet-1.0x': 77.9, 'rexnet-1.1x': 78.6, 'rexnet-1.2x': 79.0}
REXNETS |= {'rexnet-1.3x': 79.5, 'rexnet-1.4x': 79.8, 'rexnet-1.5x': 80.3, 'rexnet-2.0x': 81.6}
REXNETS |= {'rexnet-2.2x': 81.7, 'rexnet-3.0x': 82.8, 'rexnet-lite-1.0x': 76.2, 'rexnet-lite-1.3x': 77.8}
REXNETS |= {'rexnet-lite-1.5x': 78.6, 'rexnet-lite-2.0x': 80.2, 'efficientnet-b0': 77.3}
REXNETS |= {'efficientnet-b1': 79.2, 'efficientnet-b2': 80.3, 'efficientnet-b3': 81.7}
REXNETS |= {'efficientnet-lite0': 75.1, 'efficientnet-lite1': 76.7, 'efficientnet-lite2': 77.6}
REXNETS |= {'efficientnet-lite3': 79.8}


@pytest.mark.parametrize('variant', REXNETS)
def test_rexnets_and_their_rivals_are_there_with_latency(variant):
    found = of('classification', variant=variant, provenance='paper', dataset='ImageNet-1k')
    assert [row.metrics['top1'] for row in found] == [REXNETS[variant]]
    assert {'cpu_ms'} < set(settings_of(found))
    if variant in REXNET['parameters']:
        assert found[0].params == REXNET['parameters'][variant]


NAMES = {'r50': 'resnet-50', 'x101-32x4d': 'resnext-101-32x4d'}


@pytest.mark.parametrize(
    ('task', 'kind', 'detector'),
    [('detection', 'faster-rcnn', 'Faster R-CNN'), ('segmentation', 'mask-rcnn', 'Mask R-CNN')],
)
def test_rexnets_detection_tables_are_there(task, kind, detector):
    found = {row.variant: row for row in of(task, detector=detector, source='arXiv:2007.00992')}
    for backbone, published in DETECTION[kind].items():
        row = found.pop(NAMES.get(backbone, backbone))
        metrics = row.metrics
        assert [metrics[key] for key in ('box_ap', 'box_ap50', 'box_ap75')] == published['box']
        if 'mask' in published:
            assert [metrics[key] for key in ('mask_ap', 'mask_ap50', 'mask_ap75')] == published['mask']
    assert list(found) == (['fbnet-c'] if kind == 'faster-rcnn' else [])


def test_fine_tuning_of_rexnet_is_there():
    found = of('transfer', variant='rexnet-1.0x')
    assert sorted(row.metrics['top1'] for row in found) == [88.4, 89.5, 91.5, 97.8]


def test_unknown_task_suggests_the_nearest():
    with pytest.raises(InputError, match="unknown task 'detections'; did you mean 'detection'"):
        rows('detections')


@pytest.mark.parametrize('task', TASKS)
def test_series_are_spelled_as_identifiers(task):
    for row in rows(task):
        assert row.series.replace('_', '').isalnum()
        assert row.series == row.series.lower()


def test_series_and_family_of_ours_follow_from_the_variant():
    found = {row.variant: (row.series, row.family) for task in TASKS for row in rows(task)}
    assert found['regnety-400mf'] == ('regnety', 'regnet')
    assert found['rexnet-lite-1.0x'] == ('rexnet_lite', 'rexnet_lite')
    assert found['efficientnet-lite0'] == ('efficientnet_lite', 'efficientnet_lite')
    assert found['resnet-50'] == ('resnet', 'resnet')


def test_latencies_are_columns_by_their_setting():
    row = of('classification', name='mmchan_rexnet-1.0x_4xb128_in1k')[0]
    measured = Latency('RTX 3090', 'TensorRT', 'fp16', 1, 0.8)
    other = Latency('CPU', 'PyTorch', 'fp32', 1, 9)
    columns = columns_of([replace(row, latencies=(measured, other, *row.latencies))])
    latencies = {key: column for key, column in columns.items() if isinstance(column, Setting)}
    assert list(latencies) == [
        *('cpu_ms', 'v100_ms', 'm40_ms'),
        *('cpu_pytorch_fp32_b1_ms', 'rtx-3090_tensorrt_fp16_b1_ms'),
    ]
    new = latencies['rtx-3090_tensorrt_fp16_b1_ms']
    assert (new.heading, new.of(row)) == ('RTX 3090 (ms, TensorRT, fp16, batch 1)', None)
    assert latencies['cpu_ms'].of(row) == 47
