"""Files are compared with PyTorch before they appear, say what they are, and run."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from mmchan import __version__
from mmchan.channels import InputError
from mmchan.deploy import comparing, extras, graphs, saving
from mmchan.deploy.exporting import TARGETS, check_out, write
from mmchan.deploy.inside import WithPreprocessing
from mmchan.deploy.metadata import Metadata, read_metadata
from mmchan.deploy.runtimes import open_model
from mmchan.deploy.stamp import stamped
from tests.deploy.networks import metadata_of, tiny

SHAPES = [(1, 3, 32, 32), (3, 3, 45, 70)]


@pytest.fixture(scope='module')
def network():
    return tiny()


@pytest.fixture(scope='module')
def program(network):
    return graphs.export_program(network, stamped(metadata_of()))


@pytest.fixture(scope='module')
def files(network, program, tmp_path_factory):
    """Target -> what was written; all of one program, whose making takes longest."""
    folder, (graph, said) = tmp_path_factory.mktemp('exported'), program
    model = graphs.onnx_of(graph, said)
    made = {
        'onnx': model,
        'openvino': graphs.openvino_of(model, said),
        'torch-export': saving.with_metadata(graph, said),
    }
    reference = open_model(network, metadata=said)
    return {
        target: write(
            made[target],
            folder / f'tiny{TARGETS[target].suffix}',
            target=target,
            verify=lambda opened: comparing.compare(reference, opened),
            threads=1,
        )
        for target in made
    }


@pytest.mark.slow
@pytest.mark.parametrize('target', TARGETS)
def test_outputs_are_those_of_pytorch_for_any_batch_and_size(network, files, target):
    written = files[target]
    assert written.metadata.dynamic == ('batch', 'height', 'width')
    assert written.difference.inputs == 3
    assert written.difference.relative < 1e-5
    session = open_model(written.path, threads=1)
    for shape in SHAPES:
        images = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)
        with torch.no_grad():
            expected = network(torch.from_numpy(images)).numpy()
        assert np.abs(session(images) - expected).max() < 6e-5


@pytest.mark.slow
@pytest.mark.parametrize(('target', 'runtime'), [('onnx', 'onnx'), ('onnx', 'openvino'), ('openvino', None)])
def test_files_say_what_they_are(files, target, runtime):
    said = open_model(files[target].path, runtime, threads=1).metadata
    assert said.changed(version='', commit='', extra=None) == metadata_of()
    assert said.version == __version__


@pytest.mark.slow
def test_no_normalisation_and_no_path_of_this_machine_is_left(files):
    import onnx

    model = onnx.load(files['onnx'].path)
    assert 'BatchNormalization' not in {node.op_type for node in model.graph.node}
    assert b'/home/' not in model.SerializeToString()
    assert b'site-packages' not in model.SerializeToString()
    assert {entry.domain: entry.version for entry in model.opset_import}[''] >= 18
    assert files['openvino'].path.with_suffix('.bin').is_file()
    assert sorted(path.name for path in files['onnx'].path.parent.iterdir()) == [
        'tiny.bin',
        'tiny.onnx',
        'tiny.pt2',
        'tiny.xml',
    ]


@pytest.mark.slow
def test_preprocessing_inside_takes_bytes_of_any_size():
    network, metadata = tiny(), metadata_of(preprocessing=True, interpolation='bicubic')
    whole = WithPreprocessing(network, metadata).eval()
    reference = open_model(whole, metadata=metadata)
    found = open_model(whole, 'onnx', metadata=metadata, threads=1)
    assert comparing.compare(reference, found).largest < 1e-3  # a grey level that is rounded otherwise
    images = np.random.default_rng(0).integers(0, 256, (2, 50, 99, 3), dtype=np.uint8)
    assert np.abs(found(images) - reference(images)).max() < 1e-3


@pytest.mark.slow
def test_other_outputs_are_refused_and_nothing_changes(network, program, tmp_path):
    out = tmp_path / 'tiny.pt2'
    out.write_text('older')
    other = open_model(nn.Sequential(network, nn.Softmax(1)), metadata=program[1])

    def verify(opened):
        found = comparing.compare(other, opened)
        comparing.refuse_above(found, 1e-4, name=out.name)
        return found

    with pytest.raises(InputError, match=r'tiny.pt2 is not written: its outputs differ .* by up to \d'):
        write((program[0], program[1]), out, target='torch-export', verify=verify)
    assert [path.name for path in tmp_path.iterdir()] == ['tiny.pt2']
    assert out.read_text() == 'older'


def test_difference_that_is_no_number_is_refused():
    with pytest.raises(InputError, match='differ from those of PyTorch by up to nan'):
        comparing.refuse_above(comparing.Difference(float('nan'), 1.0, 1), 1e-4, name='x.onnx')


def test_metadata_comes_back_from_a_file():
    said = Metadata(classes=('Bücher', 'b'), mean=(1.5, 2.0, 3.25), square=0.875, extra={'masks': True})
    strings = said.as_strings()
    assert json.loads(strings['mmchan.classes']) == ['Bücher', 'b']
    assert read_metadata({**strings, 'producer': 'x'}, name='x.onnx') == said
    with pytest.raises(InputError, match=r'x.onnx says nothing about its inputs'):
        read_metadata({'producer': 'x'}, name='x.onnx')


@pytest.mark.parametrize(
    ('call', 'message'),
    [
        (lambda: check_out(Path('a.xml'), 'onnx'), 'must end with .onnx'),
        (lambda: check_out(Path('a.xml'), 'openvin'), "did you mean 'openvino'"),
        (lambda: open_model('absent.onnx'), "there is no file 'absent.onnx'"),
        (lambda: open_model('absent.pth'), r'must end with .onnx, .pt2, .xml'),
        (lambda: open_model('a.xml', 'onnx'), 'the runtime for a.xml must be openvino'),
        (lambda: open_model('a.xml', 'openvno'), "did you mean 'openvino'"),
        (lambda: open_model(nn.Identity(), threads=0), 'threads must be None or >= 1, got 0'),
        (
            lambda: extras.need('absent_library'),
            r"absent_library is not installed: pip install '.*\[export\]'",
        ),
    ],
)
def test_mistakes_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_nothing_reports_who_exports():
    nncf = extras.need('nncf')
    assert sys.modules['openvino_telemetry'] is None  # importing it fails, as where it is not installed
    assert type(nncf.telemetry.telemetry).__name__ == 'MagicMock'
