"""A training's transforms give what mmcv's and mmpretrain's give; afterwards all is as before."""

import io
import sys

import mmcv
import numpy as np
import pytest
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope
from PIL import Image
from skimage import data

from mmchan.data.faster import EXIF, faster_transforms, has_decoder, imfrombytes
from mmchan.data.pixels import FUNCTIONS

PHOTOGRAPH = Image.fromarray(data.chelsea()[:101, :151])
RAND_AUGMENT = {
    'type': 'RandAugment',
    'policies': 'timm_increasing',
    'num_policies': 2,
    'magnitude_level': 9,
    'magnitude_std': 0.5,
}
turned = Image.Exif()
turned[0x0112] = 6  # a quarter


def jpeg(image=PHOTOGRAPH, **settings):
    file = io.BytesIO()
    image.save(file, 'JPEG', **settings)
    return file.getvalue()


WHOLE = jpeg()
CONTENTS = {
    **{
        f'{part}, quality {q}': jpeg(subsampling=part, quality=q)
        for part in ('4:4:4', '4:2:0')
        for q in (50, 96)
    },
    'progressive': jpeg(progressive=True),
    'grey': jpeg(PHOTOGRAPH.convert('L')),
    'CMYK': jpeg(PHOTOGRAPH.convert('CMYK')),
    'RGB': jpeg(keep_rgb=True),
    'turned': jpeg(exif=turned),
    'one pixel': jpeg(PHOTOGRAPH.crop((0, 0, 1, 1))),
    'damaged': WHOLE[:2000] + b'\x12\x34' + WHOLE[2002:],
    'truncated': WHOLE[:-500],
    'a header': WHOLE[:100],
    'nonsense': b'\xff\xd8' + b'x' * 99,
    'empty segment': b'\xff\xd8\xff\xe1\0\0' + WHOLE,
}


@pytest.mark.parametrize('order', ['bgr', 'rgb'])
@pytest.mark.parametrize('content', CONTENTS.values(), ids=CONTENTS)
def test_decoded_pixels_are_those_of_opencv(content, order):
    def decoded(function):
        try:
            return function(content, flag='color', channel_order=order, backend='cv2')
        except Exception as error:  # noqa: BLE001 (whatever OpenCV says of such a file)
            return type(error)

    found, expected = decoded(imfrombytes), decoded(mmcv.imfrombytes)
    if isinstance(expected, np.ndarray):
        np.testing.assert_array_equal(found, expected)
        assert found.flags.writeable
    else:
        assert found is expected  # None, or the kind of error


def test_other_ways_to_decode_are_left_to_mmcv():
    np.testing.assert_array_equal(imfrombytes(memoryview(WHOLE)), mmcv.imfrombytes(WHOLE))
    for settings in ({'flag': 'grayscale'}, {'flag': 'unchanged'}, {'backend': 'pillow'}):
        np.testing.assert_array_equal(imfrombytes(WHOLE, **settings), mmcv.imfrombytes(WHOLE, **settings))


def test_turned_photograph_holds_what_is_looked_for():
    assert EXIF in CONTENTS['turned']
    assert imfrombytes(CONTENTS['turned']).shape == (151, 101, 3)


@pytest.mark.parametrize('error', [ImportError, ValueError])
def test_decoder_that_cannot_be_imported_is_not_used(monkeypatch, tmp_path, error):
    (tmp_path / 'simplejpeg.py').write_text(f'raise {error.__name__}')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, 'simplejpeg', raising=False)
    original = mmcv.imfrombytes
    with faster_transforms():
        assert mmcv.imfrombytes is original


def failing(names, replaced):
    before = {name: getattr(mmcv, name) for name in names}
    with faster_transforms():
        replaced.update(name for name in names if getattr(mmcv, name) is not before[name])
        raise ZeroDivisionError


def test_functions_are_put_back_after_an_error():
    names = [function.__name__ for function in (*FUNCTIONS, imfrombytes)]
    before = {name: getattr(mmcv, name) for name in names}
    replaced = set()
    with pytest.raises(ZeroDivisionError):
        failing(names, replaced)
    assert replaced == set(names) - ({'imfrombytes'} if not has_decoder() else set())
    assert before == {name: getattr(mmcv, name) for name in names}


@pytest.mark.slow
@pytest.mark.parametrize(
    'step', [RAND_AUGMENT, {'type': 'AutoAugment', 'policies': 'imagenet'}], ids=lambda step: step['type']
)
def test_samples_are_those_of_mmpretrain(step, tmp_path):
    import mmpretrain.datasets  # noqa: F401 (registers its transforms)

    init_default_scope('mmpretrain')
    path = tmp_path / 'image.jpg'
    path.write_bytes(WHOLE)
    crop = {'type': 'RandomResizedCrop', 'scale': 64}
    names = ('LoadImageFromFile', crop, 'RandomFlip', step, 'RandomErasing', 'PackInputs')
    settings = {'RandomFlip': {'prob': 0.5}, 'RandomErasing': {'erase_prob': 0.5, 'mode': 'rand'}}
    steps = [name if isinstance(name, dict) else {'type': name, **settings.get(name, {})} for name in names]
    pipeline = Compose(steps)

    def samples():
        np.random.seed(3)
        return [pipeline({'img_path': str(path), 'gt_label': 3}) for _ in range(40)]

    expected = samples()
    with faster_transforms():
        found = samples()
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_array_equal(ours['inputs'], theirs['inputs'])
        assert ours['inputs'].is_contiguous()
        assert ours['data_samples'].metainfo == theirs['data_samples'].metainfo
