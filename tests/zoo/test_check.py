"""The zoo is sound, and the check sees every kind of fault and says what mends it."""

import shutil
from dataclasses import replace

import pytest

from mmchan.channels import Cost
from mmchan.errors import InputError
from mmchan.findings import FAIL
from mmchan.home import home
from mmchan.measure.latencies import Measured, add_latencies
from mmchan.zoo.check import cost_faults, faults
from mmchan.zoo.latencies import KEPT
from mmchan.zoo.metafiles import METAFILE, Counted, read_entries, read_metafile, with_counted, write_metafile

FOLDER = 'configs/rexnet_lite'
FILE = f'{FOLDER}/{METAFILE}'


@pytest.fixture
def repository(tmp_path):
    """A repository with one folder of configs."""
    shutil.copytree(home() / FOLDER, tmp_path / FOLDER)
    (tmp_path / 'model-index.yml').write_text(f'Import:\n  - {FILE}\n')
    return tmp_path


def test_the_zoo_is_sound():
    assert faults(home()) == []


def test_a_copied_folder_is_sound(repository):
    assert faults(repository) == []


def said(repository):
    """What the check says, one line per fault."""
    return [str(fault) for fault in faults(repository)]


def changed(**fields):
    """A change of the first model's metadata."""

    def change(models):
        models[0]['Metadata'] |= {key.replace('_', ' '): value for key, value in fields.items()}

    return change


def latency(*values, **fields):
    """A change of the first model's latencies to one."""
    return changed(Latency=[*values, *([fields] if fields else [])])


def renamed(name):
    return lambda models: models[0].update(Name=name)


def metrics(values):
    return lambda models: models[0]['Results'][0].update(Metrics=values)


@pytest.mark.parametrize(
    ('change', 'fault'),
    [
        (renamed('mmchan_Lite'), 'names are lower case and begin with mmchan_; rename'),
        (renamed('lite'), 'names are lower case and begin with mmchan_; rename'),
        (lambda models: models[0].update(Name=models[1]['Name']), '2 entries have this name; rename'),
        (lambda models: models[0].update(Config='configs/rexnet_lite/no.py'), 'there is no config configs'),
        (lambda models: models.pop(0), 'no entry describes it; add one to configs/rexnet_lite/metafile.yml'),
        (lambda models: models[0].pop('Results'), 'Results missing; add'),
        (metrics({'Top 1 Accuracy': 176.2}), 'Top 1 Accuracy must be a percentage, got 176.2; correct'),
        (metrics({'Top 1': 76.2}), "metric 'Top 1' is unknown; use Top 1 Accuracy"),
        (changed(Provenance='guessed'), "Provenance 'guessed' is unknown; use paper"),
        (changed(Provenance='trained here'), 'Training Log missing; trained here needs one'),
        (changed(Training_Log='work_dirs/no.log'), 'there is no log work_dirs/no.log; correct'),
        (changed(Source_URL=None), 'Source URL missing; say where'),
        (changed(Source_URL='http://example.org/a b'), 'is no https address; correct'),
        (changed(Resolution='224'), "Resolution '224' is no HEIGHTxWIDTH; correct"),
        (changed(Recipe=None), 'Recipe missing; add'),
        (changed(Series='regnetx'), "Series 'regnetx' is not that of rexnet-lite-1.0x, 'rexnet_lite'; leave"),
        (
            changed(Backbone='rexnet-lite-1.3x'),
            'a table tells it like mmchan_rexnet-lite-1.3x_4xb128_in1k; st',
        ),
        (changed(Backbone='tresnet-m'), 'Series None is no name in lower case with underscores; state it'),
        (changed(Backbone='x', Series='TResNet-M'), "Series 'TResNet-M' is no name in lower case"),
        (latency('3 ms'), "Latency ['3 ms'] is no list of mappings; give the device, runtime, precision"),
        (latency(ms=3), 'Latency has no device; correct it'),
        (latency(device='CPU'), 'Latency ms must be a time, got None; correct it'),
        (latency(device='CPU', ms=3, batch=0), 'Latency batch must be a number of images, got 0; correct it'),
        (latency(device='CPU', ms=3, precision='half'), "Latency precision 'half' is none of fp32"),
        (latency(device='CPU', ms=3, threads=2), "Latency has an unknown field 'threads'; known: device"),
        (
            changed(Latency=[{'device': 'CPU', 'batch': 1, 'ms': ms} for ms in (3, 4)]),
            '2 latencies are of CPU',
        ),
        (lambda models: models[0].update(Weights='https://example.org/x.zip'), 'is no checkpoint; link'),
        (
            lambda models: models[0].update(Weights='https://dl.fbaipublicfiles.com/pycls/x.pyth'),
            "Colour is 'rgb', but its weights expect 'bgr'; correct",
        ),
    ],
)
def test_fault_is_found(repository, change, fault):
    content = read_metafile(repository / FILE)
    change(content['Models'])
    write_metafile(repository / FILE, content)
    (repository / FOLDER / 'README.md').write_text('no tables\n')
    assert any(fault in found for found in said(repository)), said(repository)


def test_files_that_disagree_are_found(repository):
    readme = repository / FOLDER / 'README.md'
    readme.write_text(readme.read_text().replace('76.20', '67.20'))
    (repository / 'model-index.yml').write_text('Import:\n  - configs/other/metafile.yml\n')
    assert [fault.state for fault in faults(repository)] == [FAIL] * 3
    assert said(repository) == [
        f'model-index.yml: {FILE} is not imported; add it',
        'model-index.yml: there is no configs/other/metafile.yml; remove it',
        f'{FOLDER}/README.md: its tables are not up to date; run: mmchan zoo render',
    ]
    readme.unlink()
    assert any('its collection has no README' in fault for fault in said(repository))


def test_latencies_of_what_is_not_in_the_zoo_are_found(repository):
    one = Measured('rexnet-lite-1.0x', '224x224', 'box', 'onnx', 'fp32', 1, 8.0, 7.5, 9.0, 15, 'random')
    add_latencies(repository / KEPT, [one, replace(one, resolution='96x96')], {})
    assert said(repository) == [
        f'{KEPT}: the zoo has no record of rexnet-lite-1.0x at 96x96; measure it again, or remove its '
        'latencies'
    ]


def test_wrong_cost_is_found_and_mended(repository):
    entries = read_entries(repository)
    right = [(entry, entry.counted) for entry in entries]
    assert list(cost_faults(right)) == []
    wrong = {entries[0].name: Counted(Cost(1, 2, 3), proposals=4)}
    path = repository / FILE
    header = path.read_text().splitlines()[0]
    write_metafile(path, with_counted(read_metafile(path), wrong))
    stale = read_entries(repository)
    (fault,) = cost_faults(zip(stale, [counted for _, counted in right], strict=True))
    assert (fault.state, fault.where) == (FAIL, f'{FILE}: {entries[0].name}')
    assert 'it says Parameters 1, FLOPs 2, Activations 3, Proposals 4, counted are Parameters 4' in fault.what
    assert fault.remedy == 'run: mmchan zoo count'
    assert path.read_text().splitlines()[0] == header
    mended = {entry.name: counted for entry, counted in right}
    write_metafile(path, with_counted(read_metafile(path), mended))
    assert read_metafile(path) == read_metafile(home() / FILE)


def test_a_classifier_has_no_proposals_and_a_detector_some():
    proposals = {entry.name: entry.counted.proposals for entry in read_entries() if entry.counted}
    assert proposals['mmchan_faster-rcnn_regnetx-400mf_fpn_1x_coco'] == 1000
    assert proposals['mmchan_faster-rcnn_regnetx-400mf_fpn_1xb8_digits-coco'] == 100
    assert proposals['mmchan_mask-rcnn_rexnet-1.0x_fpn_1xb8_digits-coco'] == 50
    assert proposals['mmchan_retinanet_regnetx-800mf_fpn_1x_coco'] is None
    assert proposals['mmchan_rexnet-1.0x_4xb128_in1k'] is None


def test_unreadable_metafiles_are_refused(repository):
    (repository / FILE).write_text('Models: [')
    with pytest.raises(InputError, match='is no valid YAML'):
        read_entries(repository)
    (repository / FILE).write_text('- Models')
    with pytest.raises(InputError, match='must hold Collections and Models, got list'):
        read_entries(repository)
    (repository / FILE).write_text('Collections: [{Name: A}]\nModels: [{Name: x, In Collection: B}]')
    with pytest.raises(InputError, match="must have a Name and be In Collection A, got 'x' in 'B'"):
        read_entries(repository)
