"""The page that classifies a photograph: pixels are Pillow's, classes are Python's, failures have words."""

import base64
import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

import mmchan
from mmchan.channels import preprocessing_of
from mmchan.prediction.classification import prepare

pytestmark = pytest.mark.slow

EXTENSIONS = Path(__file__).parents[2] / 'docs/_ext'
VARIANT = 'efficientnet-lite0'
ANSWERED = 'document.querySelector(".mm-photo-said").textContent.includes(" ms ")'
# [name, share] of every class, as text
FOUND = 'all => all.map(one => [...one.children].map(part => part.innerText))'
# both ways as base64: lists of numbers take seconds
CENTRE = """([data, width, height]) => {
  const image = { data: Uint8Array.from(atob(data), (one) => one.charCodeAt(0)), width, height };
  const pixels = mmchan.photoInput.centre(image, { edge: 256, size: 224 });
  return btoa(Array.from(pixels, (one) => String.fromCharCode(one)).join(''));
}"""


@pytest.fixture
def photo(open_page, site):
    """The page, where the network was prepared before the site was built."""
    if not (site / '_static/photo/model.js').is_file():
        pytest.skip('the network in the page was NOT tested: `make docs` fetches and exports it, then it is')
    return open_page('photo', viewport={'width': 390, 'height': 844})


SIZES = ((300, 451), (500, 257), (256, 300), (120, 96))  # height and width


def test_pixels_are_pythons_to_the_last_integer(open_page):
    page, rng = open_page('photo'), np.random.default_rng(0)
    for size in SIZES:
        pixels = rng.integers(0, 256, (*size, 4), dtype=np.uint8)
        image = Image.fromarray(pixels[..., :3])
        expected = 127.5 * prepare(image, preprocessing_of(VARIANT)).numpy().transpose(1, 2, 0) + 127.5
        found = base64.b64decode(page.evaluate(CENTRE, [base64.b64encode(pixels).decode(), *image.size]))
        assert np.array_equal(np.frombuffer(found, np.uint8).reshape(expected.shape), expected.round())


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
    names, shares = zip(*photo.locator('.mm-photo-classes li').evaluate_all(FOUND), strict=True)
    assert names == expected.names
    assert [float(share.split()[0]) / 100 for share in shares] == pytest.approx(
        expected.probabilities, abs=0.006
    )


def test_what_is_no_image_is_told(photo, tmp_path):
    path = tmp_path / 'notes.txt'
    path.write_text('no pixels')
    photo.locator('.mm-photo input[type=file]').set_input_files(path)
    photo.wait_for_selector('.mm-photo-said.mm-message')
    assert photo.locator('.mm-photo-said').inner_text() == 'notes.txt is no image that this browser can read.'


@pytest.fixture
def assets(monkeypatch, tmp_path):
    """What prepares the page, with an empty cache and no programs."""
    monkeypatch.syspath_prepend(EXTENSIONS)
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    monkeypatch.setenv('PATH', str(tmp_path))
    import photo_assets

    yield photo_assets
    del sys.modules['photo_assets']


def test_missing_npm_is_told(assets):
    with pytest.raises(
        assets.MissingError, match=r'onnxruntime-web [\d.]+ was not fetched: npm is not installed'
    ):
        assets.runtime()


def test_package_of_another_digest_is_refused(assets, tmp_path):
    npm = tmp_path / 'npm'
    npm.write_text(f'#!/bin/sh\necho other > onnxruntime-web-{assets.VERSION}.tgz\n')
    npm.chmod(0o755)
    with pytest.raises(assets.MissingError, match='its SHA-512 is not the pinned one'):
        assets.runtime()
    assert not assets.runtime_folder().exists()
