"""The page that classifies a photograph: the pixels are Pillow's, the classes are Python's, words say what fails."""

import io
import shutil

import numpy as np
import pytest
from PIL import Image
from skimage import data

import mmchan
from mmchan.channels import preprocessing_of
from mmchan.prediction.classification import imagenet_names, prepare

pytestmark = pytest.mark.slow

VARIANT = 'efficientnet-lite0'
ANSWERED = 'document.querySelector(".mm-said").textContent.includes(" ms ")'
# what the page's own words show: {name, share}, as text
FOUND = '[...document.querySelectorAll(".mm-classes li")].map((one) => [...one.children].map((part) => part.innerText))'
CENTRE = """([data, width, height]) => {
  const image = { data: Uint8Array.from(data), width, height };
  const model = { edge: 256, size: 224, mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] };
  const pixels = mmchan.photoInput.centre(image, model);
  return [...mmchan.photoInput.normalised(pixels, model)];
}"""


@pytest.fixture
def photo(open_page, site):
    """The page, where the network was prepared before the site was built."""
    if not (site / '_static/photo/model.js').is_file():
        pytest.skip('the network in the page was NOT tested: `make docs` fetches and exports it, then it is')
    return open_page('photo', viewport={'width': 390, 'height': 844})


@pytest.mark.parametrize('size', [(300, 451), (257, 256), (256, 300), (900, 260), (120, 96)], ids=str)
def test_input_is_pythons_to_the_last_integer(open_page, size):
    pixels = np.random.default_rng(0).integers(0, 256, (*size, 4), dtype=np.uint8)
    image = Image.fromarray(pixels[..., :3])
    expected = prepare(image, preprocessing_of(VARIANT)).numpy()
    found = open_page('photo').evaluate(CENTRE, [pixels.ravel().tolist(), *image.size])
    # floats of the same integers: a step of one would be 0.008
    assert np.abs(np.array(found, np.float32).reshape(expected.shape) - expected).max() < 1e-6


def jpeg(name: str) -> bytes:
    """A photograph that is none of the page's samples."""
    file = io.BytesIO()
    Image.fromarray(getattr(data, name)()).save(file, 'JPEG', quality=90)
    return file.getvalue()


def test_file_gets_the_classes_that_python_gives_it(photo, tmp_path):
    path = tmp_path / 'retina.jpg'
    path.write_bytes(jpeg('retina'))
    [expected] = mmchan.predict(VARIANT, path)
    photo.locator('.mm-photo input[type=file]').set_input_files(path)
    photo.wait_for_function(ANSWERED)
    names, shares = zip(*photo.evaluate(FOUND), strict=True)
    assert names == expected.names
    assert [float(share.split()[0]) / 100 for share in shares] == pytest.approx(
        expected.probabilities, abs=0.006
    )
