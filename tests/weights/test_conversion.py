"""Files go from one layout to another and come back bit by bit."""

import pytest
import torch
from click.testing import CliRunner

from mmchan.channels import InputError, get_plan
from mmchan.cli import convert
from mmchan.layouts.renaming import layouts_of
from mmchan.weights.checkpoints import read_checkpoint, read_state_dict
from mmchan.weights.conversion import convert_checkpoint
from tests.models.networks import Classifier, build, randomise
from tests.weights.files import Planted

FOREIGN = [
    (arch, layout)
    for arch in ('regnety-400mf', 'rexnet-1.0x')
    for layout in layouts_of(get_plan(arch).family)
    if layout != 'mmchan'
]


@pytest.fixture(scope='module')
def files(tmp_path_factory):
    """Checkpoints of ours by variant."""
    folder = tmp_path_factory.mktemp('ours')
    for arch in ('regnety-400mf', 'rexnet-1.0x'):
        weights = randomise(Classifier(build(arch), num_classes=7)).state_dict()
        torch.save({'state_dict': weights, 'optimizer': {}}, folder / f'{arch}.pth')
    return folder


def assert_same(one, other):
    assert one.keys() == other.keys()
    assert all(torch.equal(one[key], other[key]) for key in one)


@pytest.mark.slow
@pytest.mark.parametrize('suffix', ['.pth', '.pyth', '.safetensors'])
@pytest.mark.parametrize(('arch', 'layout'), FOREIGN)
def test_round_trip_is_bit_equal(files, tmp_path, arch, layout, suffix):
    there, back = tmp_path / f'there{suffix}', tmp_path / f'back{suffix}'
    done = convert_checkpoint(str(files / f'{arch}.pth'), there, target=layout)
    assert (done.arch, done.source, done.target, done.left_out) == (arch, 'mmchan', layout, ())
    assert convert_checkpoint(str(there), back, target='mmchan').source == layout
    original = read_state_dict(str(files / f'{arch}.pth'))
    assert read_state_dict(str(there)).keys() != original.keys()
    assert_same(read_state_dict(str(back)), original)
    assert {path.name for path in tmp_path.iterdir()} == {there.name, back.name}


@pytest.mark.parametrize(
    ('arch', 'layout', 'wrapper'),
    [('regnety-400mf', 'pycls', 'model_state'), ('regnety-400mf', 'mmchan', 'state_dict')],
)
def test_weights_stand_where_the_project_looks_for_them(files, tmp_path, arch, layout, wrapper):
    convert_checkpoint(str(files / f'{arch}.pth'), tmp_path / 'out.pyth', target=layout)
    assert list(read_checkpoint(str(tmp_path / 'out.pyth'))) == [wrapper]


def test_only_the_stem_is_turned_and_twice_is_nothing(files, tmp_path):
    source, bgr, rgb = files / 'regnety-400mf.pth', tmp_path / 'bgr.pth', tmp_path / 'rgb.pth'
    convert_checkpoint(str(source), bgr, target='mmchan', colours='bgr')
    convert_checkpoint(str(bgr), rgb, target='mmchan', colours='rgb')
    original, turned = read_state_dict(str(source)), read_state_dict(str(bgr))
    changed = [key for key in original if not torch.equal(original[key], turned[key])]
    assert changed == ['backbone.conv1.weight']
    assert torch.equal(turned[changed[0]], original[changed[0]].flip(1))
    assert_same(read_state_dict(str(rgb)), original)


def test_known_colours_are_not_turned_to_themselves(files, tmp_path, monkeypatch):
    url = 'https://dl.fbaipublicfiles.com/pycls/x.pyth'
    weights = read_state_dict(str(files / 'regnety-400mf.pth'))
    monkeypatch.setattr('mmchan.weights.conversion.read_state_dict', lambda checkpoint: weights)
    with pytest.raises(InputError, match=r'expects bgr already; leave to_bgr \(--to-bgr\) out'):
        convert_checkpoint(url, tmp_path / 'out.pth', target='mmchan', colours='bgr')
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ({'target': 'torchvision'}, "unknown layout of rexnet-1.0x 'torchvision'; known: "),
        ({'target': 'timm', 'arch': 'rexnet-1.3x'}, 'is the checkpoint of rexnet-1.0x, not of rexnet-1.3x'),
        ({'target': 'timm', 'arch': 'rexnet-1.4'}, "did you mean 'rexnet-1.4x'"),
    ],
)
def test_what_does_not_fit_is_refused(files, tmp_path, arguments, message):
    with pytest.raises(InputError, match=message):
        convert_checkpoint(str(files / 'rexnet-1.0x.pth'), tmp_path / 'out.pth', **arguments)


def test_file_that_runs_code_needs_trust(files, tmp_path):
    content = read_checkpoint(str(files / 'rexnet-1.0x.pth'))
    torch.save({**content, 'code': Planted(tmp_path / 'ran')}, tmp_path / 'theirs.pth')
    line = [str(tmp_path / 'theirs.pth'), str(tmp_path / 'out.pth'), '--to', 'mmchan']
    with pytest.raises(InputError, match='--trust'):
        CliRunner().invoke(convert.command, line, catch_exceptions=False)
    assert [path.name for path in tmp_path.iterdir()] == ['theirs.pth']
    CliRunner().invoke(convert.command, [*line, '--trust'], catch_exceptions=False)
    assert_same(read_state_dict(str(tmp_path / 'out.pth')), content['state_dict'])


def test_other_suffix_is_refused_before_anything_is_read(tmp_path):
    with pytest.raises(InputError, match=r'OUT must be a file that ends with one of \.pth'):
        convert_checkpoint('absent.pth', tmp_path / 'out.zip', target='timm')


def test_other_parts_are_left_out_and_named(files, tmp_path):
    weights = read_state_dict(str(files / 'rexnet-1.0x.pth'))
    torch.save({**weights, 'rpn_head.rpn_cls.weight': torch.ones(1)}, tmp_path / 'detector.pth')
    line = [str(tmp_path / 'detector.pth'), str(tmp_path / 'out.safetensors'), '--to', 'timm', '--to-bgr']
    printed = CliRunner().invoke(convert.command, line, catch_exceptions=False).output
    assert f'rexnet-1.0x: {len(weights)} tensors from mmchan to timm, its stem turned to BGR' in printed
    assert 'left out, since they are of no layer of rexnet-1.0x: 1 (rpn_head.rpn_cls.weight)' in printed
