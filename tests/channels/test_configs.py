"""What configs ask of the plans and records instead of typing it."""

import pytest

from mmchan.channels import (
    InputError,
    list_variants,
    on_head,
    on_pyramid,
    out_channels,
    preprocessing_of,
    sized,
    weights_url,
)

C2_TO_C5 = (1, 2, 3, 4)
TRAIN = [
    {'type': 'LoadImageFromFile'},
    {'type': 'RandomResizedCrop', 'scale': 224, 'backend': 'pillow', 'interpolation': 'bicubic'},
    {'type': 'PackInputs'},
]
TEST = [
    {'type': 'LoadImageFromFile'},
    {'type': 'ResizeEdge', 'scale': 256, 'edge': 'short', 'backend': 'pillow', 'interpolation': 'bicubic'},
    {'type': 'CenterCrop', 'crop_size': 224},
    {'type': 'PackInputs'},
]


@pytest.mark.parametrize('arch', ['rexnet-1.0x', {'family': 'rexnet', 'width_mult': 1.7}])
def test_neck_takes_the_maps_of_the_backbone(arch):
    model = on_pyramid(arch, C2_TO_C5)
    assert model == {'backbone': {'arch': arch}, 'neck': {'in_channels': out_channels(arch, C2_TO_C5)}}


def test_head_takes_the_last_map_of_the_backbone():
    arch = {'family': 'mobilenet_v2', 'width_mult': 1.7}
    assert on_head(arch, backbone='mmchan.Backbone') == {
        'backbone': {'type': 'mmchan.Backbone', 'arch': arch},
        'head': {'in_channels': out_channels(arch)},
    }


def test_backbone_starts_from_the_checkpoint_and_is_of_the_type():
    model = on_pyramid('regnetx-400mf', [0, 1, 2, 3], backbone='mmchan.RegNet', checkpoint='a.pth')
    assert model['backbone'] == {
        'type': 'mmchan.RegNet',
        'arch': 'regnetx-400mf',
        'init_cfg': {'type': 'mmchan.Pretrained', 'checkpoint': 'a.pth'},
    }


def test_pyramid_of_a_map_that_there_is_not_is_refused():
    with pytest.raises(InputError, match=r'out_indices must be within \[-6, 5\]'):
        on_pyramid('rexnet-1.0x', (1, 2, 3, 6))


@pytest.mark.parametrize('arch', list_variants(family='efficientnet_lite'))
def test_images_have_the_sizes_of_the_weights(arch):
    images = preprocessing_of(arch)
    _, crop, _ = sized(TRAIN, arch)
    assert crop == {**TRAIN[1], 'scale': images.size}
    _, resize, centre, _ = sized(TEST, arch)
    assert resize == {**TEST[1], 'scale': images.edge, 'interpolation': images.interpolation}
    assert centre == {**TEST[2], 'crop_size': images.size}


def test_step_with_a_scope_gets_its_size_too():
    steps = [{'type': 'mmchan.RandomResizedCrop', 'scale': 224}, {'type': 'PackInputs'}]
    assert sized(steps, 'efficientnet-lite4')[0]['scale'] == preprocessing_of('efficientnet-lite4').size


def test_pipeline_of_the_base_is_not_changed():
    sized(TEST, 'efficientnet-lite4')
    assert TEST[2]['crop_size'] == 224


def test_pipeline_without_sizes_is_refused():
    with pytest.raises(InputError, match='pipeline must be one with RandomResizedCrop or ResizeEdge'):
        sized([{'type': 'PackInputs'}], 'efficientnet-lite0')


def test_weights_are_those_of_the_record():
    assert weights_url('RexNet_1.0x').endswith('/368aa8507535251d431c7444243928a6ca2bdb04/model.safetensors')
    assert weights_url('efficientnet-b0').startswith('https://download.openmmlab.com/')


@pytest.mark.parametrize(
    'arch',
    [
        'rexnet-0.9x',  # nobody published any
        'efficientnet-lite0',  # in a package
        'rexnetr-3.0x',  # at an address that moves
    ],
)
def test_weights_without_a_fixed_address_are_refused(arch):
    with pytest.raises(InputError, match=f'{arch} has no public weights at a fixed address'):
        weights_url(arch)
