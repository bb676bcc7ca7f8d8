"""Networks are opened as they are to be measured, and timed."""

import numpy as np
import pytest
import torch
from mmengine.config import Config
from torch.utils.flop_counter import FlopCounterMode

from mmchan.deploy.forms import Form, Settings
from mmchan.deploy.latency import PROBE_SIZE, _probe, measure, probe_macs, threads_set
from mmchan.deploy.networks import RANDOM, configured_size, load_config_network, load_variant, random_images
from mmchan.deploy.opening import open_network
from mmchan.deploy.subjects import VARIANT, Subject
from mmchan.errors import InputError
from mmchan.home import home

pytestmark = pytest.mark.slow

NAME, SIZE = 'regnetx-200mf', (32, 32)
SUBJECT = Subject(NAME, VARIANT)
SETTINGS = Settings(threads=1, rounds=2, device='box')
DETECTOR = home() / 'configs/mask_rcnn/mask-rcnn_rexnet-1.0x_fpn_1xb8_digits-coco.py'


def test_every_network_is_measured_in_every_form():
    forms = [Form(runtime, 'fp32', batch) for runtime in ('eager', 'folded') for batch in (1, 2)]
    found = list(measure([SUBJECT], forms, SETTINGS, size_of=lambda subject: SIZE))
    assert [(one.runtime, one.batch) for one in found] == [(form.runtime, form.batch) for form in forms]
    for one in found:
        assert (one.network, one.resolution, one.device, one.rounds) == (NAME, '32x32', 'box', 2)
        assert 0 < one.low_ms <= one.ms <= one.high_ms


def test_a_form_that_a_network_cannot_take_is_left_out_and_said():
    said = []
    forms = [Form('eager', 'int8', 1), Form(None, None, 1)]
    found = list(measure([SUBJECT], forms, SETTINGS, size_of=lambda subject: SIZE, say=said.append))
    assert [(one.runtime, one.precision) for one in found] == [('eager', 'fp32')]
    assert said[0].startswith(f'{NAME}, eager int8 batch 1 is left out: int8 needs calibration')


def test_what_cannot_be_measured_at_all_is_refused():
    with pytest.raises(InputError, match='no network can take any of the forms'):
        list(measure([SUBJECT], [Form('eager', 'int8', 1)], SETTINGS, size_of=lambda subject: SIZE))


def test_the_number_of_threads_is_set_for_the_measurement_alone():
    before = torch.get_num_threads()
    with threads_set(before + 2):
        assert torch.get_num_threads() == before + 2
    assert torch.get_num_threads() == before


def test_macs_of_the_probe_equal_a_count_of_its_operations():
    with FlopCounterMode(display=False) as counter:
        _probe()(torch.from_numpy(random_images(1, PROBE_SIZE)))
    assert probe_macs() == counter.get_total_flops() // 2


def test_random_weights_are_the_same_every_time_and_give_ordinary_values():
    state = torch.get_rng_state()
    networks = [load_variant(NAME, SIZE) for _ in range(2)]
    assert torch.equal(torch.get_rng_state(), state)
    images = torch.from_numpy(random_images(2, SIZE))
    with torch.no_grad():
        one, other = (network.forward(images) for network in networks)
        maps = networks[0].module.backbone(images)[-1]
    assert networks[0].weights == RANDOM
    torch.testing.assert_close(one, other, rtol=0, atol=0)
    assert 0.1 < maps.std() < 10  # 1e-9 and less without statistics


@pytest.fixture(scope='module')
def detector():
    return load_config_network(DETECTOR, (64, 64))


def test_a_detector_with_random_weights_finds_objects(detector):
    with torch.no_grad():
        found = detector.forward(torch.from_numpy(random_images(1, (64, 64))))[0].pred_instances
    assert detector.detects
    assert len(found.scores) > 10
    assert found.masks.shape[0] == len(found.scores)


def test_detectors_are_measured_in_eager_pytorch_alone(detector):
    with pytest.raises(InputError, match='detectors are measured in eager fp32'):
        open_network('a detector', detector, Form('onnx', 'fp32', 1), threads=1)
    opened = open_network('a detector', detector, Form(None, None, 2), threads=1)
    assert (opened.form, len(opened.call())) == (Form('eager', 'fp32', 2), 2)


@pytest.mark.parametrize(
    ('step', 'size'),
    [
        ({'type': 'CenterCrop', 'crop_size': 224}, (224, 224)),
        ({'type': 'Resize', 'scale': (1333, 800)}, (800, 1333)),
    ],
)
def test_the_size_of_a_config_is_that_of_the_last_crop_or_resize(step, size):
    pipeline = [{'type': 'LoadImageFromFile'}, {'type': 'Resize', 'scale': 256}, step, {'type': 'Pack'}]
    cfg = Config({'test_dataloader': {'dataset': {'pipeline': pipeline}}})
    assert configured_size(cfg, 'config.py') == size


def test_a_pipeline_without_a_size_asks_for_one():
    with pytest.raises(InputError, match='config.py: its test pipeline tells no size of images; give --size'):
        configured_size(Config({}), 'config.py')


def test_images_are_the_same_every_time():
    np.testing.assert_array_equal(random_images(2, SIZE), random_images(2, SIZE))
