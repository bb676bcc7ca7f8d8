"""The pictures of `make pictures`: there, small, described; their numbers are those of the texts."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / 'docs' / '_static' / 'pictures'
MADE = json.loads((PICTURES / 'made.json').read_text(encoding='utf-8'))
LARGEST = 1_500_000  # bytes of all together
FILES = {path.name for path in PICTURES.iterdir()} - {'made.json'}
OF_TOOLS = {'browse-objects.webp', 'browse.webp', 'cam.webp', 'confusion.webp'}  # on their own pages
TEXTS = {name: (ROOT / name).read_text(encoding='utf-8') for name in ('README.md', 'docs/index.md')}
REFERENCE = re.compile(r'_static/pictures/([\w.-]+)')
# the picture and what describes it, in HTML and in a directive
DESCRIBED = re.compile(
    r'<img src="docs/_static/pictures/([\w.-]+)"[^>]*? alt="([^"]+)">'
    r'|\{image\} _static/pictures/([\w.-]+)\n(?::(?!alt)\w+: .*\n)*:alt: (.+)'
)


def descriptions(text: str) -> dict[str, str]:
    """Picture -> its alternative text."""
    return {one or other: said or words for one, said, other, words in DESCRIBED.findall(text)}


def test_pictures_are_small_enough_for_a_repository():
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < LARGEST


@pytest.mark.parametrize('name', sorted(FILES))
def test_picture_opens(name):
    path = PICTURES / name
    if path.suffix == '.svg':
        assert ET.parse(path).getroot().get('viewBox')  # noqa: S314 (our own)
    else:
        with Image.open(path) as image:
            image.load()
            assert image.width >= 780
            assert (getattr(image, 'n_frames', 1) > 20) == (path.suffix == '.gif')


@pytest.mark.parametrize('name', TEXTS)
def test_text_shows_all_pictures(name):
    assert set(REFERENCE.findall(TEXTS[name])) == FILES - OF_TOOLS


def test_every_picture_is_described_alike():
    readme, index = map(descriptions, TEXTS.values())
    assert index.keys() == FILES - OF_TOOLS
    assert all(len(words) > 60 for words in index.values())
    assert readme.items() <= index.items()
    assert readme.keys() == {'hero.webp', 'number-light.svg', 'explorer-light.gif', 'accuracy-light.svg'}


@pytest.mark.parametrize('name', TEXTS)
def test_numbers_of_the_pictures_stand_in_the_texts(name):
    text = ' '.join(TEXTS[name].split())
    number, digits = MADE['number'], MADE['hero']['digits_coco']
    chosen, base = (number['rows'][variant] for variant in ('regnetx-4.0gf', 'resnet-50'))
    assert number['gain'] == round(chosen['box_ap'] - base['box_ap'], 1)
    assert f'**{number["gain"]} points of box AP more**' in text
    assert f'{chosen["box_ap"]} instead of {base["box_ap"]}' in text
    fewer = {cost: round(100 * (1 - chosen[cost] / base[cost])) for cost in ('macs', 'parameters')}
    assert f'{fewer["macs"]} % fewer MACs and {fewer["parameters"]} % fewer parameters' in text
    assert f'{100 * (chosen["activations"] / base["activations"] - 1):.1f} % more activations' in text
    found = f'{digits["found"]} of {digits["objects"]} digits in {digits["images"]} images'
    assert f'{found} are found, at a box AP of {digits["box_ap"]}' in text
    assert f'four of the {digits["wholly_right"]} test images in which it finds all' in text
    for classes in MADE['hero']['photographs'].values():
        assert next(iter(classes)) in text  # the first class of each is in the description


def test_rows_of_the_number_are_those_of_the_zoo():
    from mmchan.zoo.rows import rows

    source = MADE['number']['source']
    quoted = {
        (row.variant, row.metrics.get('box_ap'))
        for row in rows('instance_segmentation', ROOT)
        if row.source == source and '_fpn_1x_coco' in (row.config or '')
    }
    assert {(name, row['box_ap']) for name, row in MADE['number']['rows'].items()} <= quoted
