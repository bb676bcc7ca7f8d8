"""The zoo is sound, and the check sees every kind of fault and says what mends it."""

import shutil

import pytest

from mmchan.channels import Cost
from mmchan.errors import InputError
from mmchan.home import home
from mmchan.zoo.check import cost_faults, faults
from mmchan.zoo.metafiles import METAFILE, read_entries, read_metafile, with_costs, write_metafile

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


def changed(**fields):
    """A change of the first model's metadata."""

    def change(models):
        models[0]['Metadata'] |= {key.replace('_', ' '): value for key, value in fields.items()}

    return change


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
        (changed(Family='regnetx'), "Family 'regnetx' is not that of rexnet-lite"),
        (changed(Latency={'TPU ms': 3}), 'Latency of TPU ms is unknown; use CPU ms'),
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
    assert any(fault in found for found in faults(repository)), faults(repository)


def test_files_that_disagree_are_found(repository):
    readme = repository / FOLDER / 'README.md'
    readme.write_text(readme.read_text().replace('76.20', '67.20'))
    (repository / 'model-index.yml').write_text('Import:\n  - configs/other/metafile.yml\n')
    assert faults(repository) == [
        f'model-index.yml: {FILE} is not imported; add it',
        'model-index.yml: there is no configs/other/metafile.yml; remove it',
        f'{FOLDER}/README.md: its tables are not up to date; run: mmchan zoo render',
    ]
    readme.unlink()
    assert any('its collection has no README' in fault for fault in faults(repository))


def test_wrong_cost_is_found_and_mended(repository):
    entries = read_entries(repository)
    right = [(entry, entry.cost) for entry in entries]
    assert list(cost_faults(right)) == []
    wrong = {entries[0].name: Cost(1, 2, 3)}
    path = repository / FILE
    header = path.read_text().splitlines()[0]
    write_metafile(path, with_costs(read_metafile(path), wrong))
    found = list(cost_faults(zip(read_entries(repository), [cost for _, cost in right], strict=True)))
    assert len(found) == 1
    assert "it says {'parameters': 1, 'macs': 2, 'activations': 3}" in found[0]
    assert found[0].endswith('; run: mmchan zoo count')
    assert path.read_text().splitlines()[0] == header
    write_metafile(path, with_costs(read_metafile(path), {entry.name: cost for entry, cost in right}))
    assert read_metafile(path) == read_metafile(home() / FILE)


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
