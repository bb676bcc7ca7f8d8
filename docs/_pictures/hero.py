"""The first picture: two networks by their widths, and what they see."""

import base64
import io
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from browser import chromium
from jinja2 import Environment, FileSystemLoader
from PIL import Image
from skimage import color, data, measure

import mmchan
from mmchan.channels import Preprocessing, count, find_variant, get_plan, preprocessing_of
from mmchan.cli import demo_coco
from mmchan.drawing.palette import series
from mmchan.files import replacing
from mmchan.prediction.classification import Classification
from mmchan.prediction.explanation import centre_box
from mmchan.prediction.results import SCORE, Scene, read_scenes
from mmchan.runs.workdir import default_work_dir, newest_metrics

ROOT = Path(__file__).parents[2]
CLASSIFIER, DETECTOR = 'efficientnet-lite0', 'rexnet-1.0x'
PHOTOGRAPHS = ('chelsea', 'coffee', 'camera', 'rocket')  # of scikit-image, in the public domain
CLASSES = 3  # named below each
TILES = 4  # images per network
EDGE = 320  # px of an image in the picture
LAYOUTS = {'hero': (960, 5 / 3), 'hero-narrow': (390, 2.0)}  # file: width in CSS pixels, pixels per CSS pixel
QUALITY = 82  # of WebP
PALETTE = (
    '#ff6b6b',
    '#51cf66',
    '#ffd43b',
    '#74a9ff',
    '#ff9f43',
    '#c98bff',
    '#4dd8ef',
    '#ff7ad9',
    '#c3f04f',
    '#ffc9d3',
)


def make(out: Path) -> dict[str, object]:
    """Draw the picture for wide and for narrow pages; what it shows."""
    said, (scenes, names, work_dir) = classify(), detect()
    photographs = [photograph(name, one) for name, one in said.items()]
    page = template().render(
        rows=[
            {'network': network(CLASSIFIER), 'photographs': photographs},
            {'network': network(DETECTOR), 'scenes': [scene(one, names) for one in chosen(scenes)]},
        ]
    )
    for name, (width, scale) in LAYOUTS.items():
        write_webp(screenshot(page, width, scale), out / f'{name}.webp')
    top = {name: rounded(one) for name, one in said.items()}
    detected = counted(scenes, newest_metrics(work_dir))
    return {'classifier': CLASSIFIER, 'photographs': top, 'detector': DETECTOR, 'digits_coco': detected}


def classify() -> dict[str, Classification]:
    """What the classifier says about the photographs, with its published ImageNet weights."""
    found = mmchan.predict(CLASSIFIER, [pixels_of(name) for name in PHOTOGRAPHS], topk=CLASSES)
    return dict(zip(PHOTOGRAPHS, found, strict=True))


def pixels_of(name: str) -> np.ndarray:
    """A photograph of scikit-image in RGB, (H, W, 3)."""
    pixels = getattr(data, name)()
    return pixels if pixels.ndim == 3 else (255 * color.gray2rgb(pixels / 255)).round().astype(np.uint8)


def rounded(said: Classification) -> dict[str, float]:
    """Class -> probability, with two digits."""
    return {name: round(share, 2) for name, share in zip(said.names, said.probabilities, strict=True)}


def detect() -> tuple[list[Scene], dict[int, str], Path]:
    """What the Mask R-CNN finds in the test images of digits-coco, the names of categories, its work dir.

    It is trained, unless the test of a training lies where ``mmchan demo-coco`` leaves it.
    """
    work_dir = ROOT / default_work_dir(demo_coco.CONFIG)
    results = work_dir / 'predictions.segm.json'
    if not results.exists():
        subprocess.run([sys.executable, '-m', 'mmchan', 'demo-coco'], cwd=ROOT, check=True)
    folder = ROOT / demo_coco.DATA
    return *read_scenes(folder / 'annotations' / 'val.json', folder / 'val', results), work_dir


def counted(scenes: Sequence[Scene], metrics: Mapping[str, float]) -> dict[str, object]:
    """Metrics and counts of a test, for made.json."""
    objects = sum(len(one.objects) for one in scenes)
    return {
        'box_ap': round(100 * metrics['coco/bbox_mAP'], 1),
        'mask_ap': round(100 * metrics['coco/segm_mAP'], 1),
        'images': len(scenes),
        'wholly_right': len(wholly_right(scenes)),
        'objects': objects,
        'found': objects - sum(len(one.missed) for one in scenes),
        'least_score': SCORE,
    }


def wholly_right(scenes: Sequence[Scene]) -> list[Scene]:
    """The images in which everything is found and nothing else."""
    return [one for one in scenes if not one.missed and len(one.detections) == len(one.objects)]


def chosen(scenes: Sequence[Scene]) -> list[Scene]:
    """Of the images that are wholly right, those with the most objects."""
    return sorted(wholly_right(scenes), key=lambda one: (-len(one.objects), one.image.name))[:TILES]


def network(name: str) -> dict[str, object]:
    """A network's name, its cost, and its widths as shares of the greatest."""
    plan = get_plan(name)
    cost = count(plan)
    return {
        'name': name,
        'macs': f'{cost.macs / 1e9:.2f}',
        'parameters': f'{cost.parameters / 1e6:.1f}',
        'widths': [width / max(plan.widths) for width in plan.widths],
        'colour': series()[find_variant(name).series].colours[1],
    }


def photograph(name: str, said: Classification) -> dict[str, object]:
    """The part of a photograph that the network sees, and the classes that it names."""
    image = Image.fromarray(pixels_of(name))
    rows = zip(said.names, said.probabilities, strict=True)
    return {'source': embedded(seen(image, preprocessing_of(CLASSIFIER))), 'classes': [*rows]}


def seen(image: Image.Image, preprocessing: Preprocessing) -> Image.Image:
    """The centre that the preprocessing cuts out, at the size of the drawing."""
    scale, size = preprocessing.edge / min(image.size), preprocessing.size
    box = centre_box(image.size, (scale, scale), (size, size))
    return image.resize((EDGE, EDGE), Image.Resampling.LANCZOS, box=box)


def scene(found: Scene, names: dict[int, str]) -> dict[str, object]:
    """A test image, enlarged, with the outlines of what is found and of what is missed."""
    image = Image.open(found.image).convert('RGB')
    numbers = {category: number for number, category in enumerate(names)}
    objects = [
        {
            'box': entry['bbox'],
            'outline': outline(entry['segmentation']),
            'colour': PALETTE[numbers[entry['category_id']]],
            'caption': f'{names[entry["category_id"]]}',
            'score': entry['score'],
        }
        for entry in found.detections
    ]
    source = embedded(image.resize((EDGE, EDGE), Image.Resampling.BICUBIC))
    return {
        'source': source,
        'size': image.size,
        'objects': objects,
        'missed': [entry['bbox'] for entry in found.missed],
    }


def outline(segmentation: dict) -> str:
    """A mask as the path of an SVG."""
    from pycocotools import mask

    inside = np.pad(mask.decode(segmentation), 1).astype(float)
    paths = [contour - 0.5 for contour in measure.find_contours(inside, 0.5)]
    return ' '.join('M' + ' '.join(f'{x:.1f},{y:.1f}' for y, x in path) + 'Z' for path in paths)


def embedded(image: Image.Image) -> str:
    """An image as the URL of itself."""
    stream = io.BytesIO()
    image.save(stream, 'PNG')
    return 'data:image/png;base64,' + base64.b64encode(stream.getvalue()).decode()


def template():
    """The page that lays the tiles out."""
    return Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True).get_template(
        'hero.html'
    )


def screenshot(page: str, width: int, scale: float) -> Image.Image:
    """A page as a picture with a transparent ground."""
    with chromium() as browser:
        opened = browser.new_page(viewport={'width': width, 'height': 300}, device_scale_factor=scale)
        opened.set_content(page)
        taken = opened.screenshot(full_page=True, omit_background=True)
    return Image.open(io.BytesIO(taken))


def write_webp(image: Image.Image, path: Path) -> None:
    """Write a picture with losses that are not seen."""
    with replacing(path) as unfinished:
        image.save(unfinished, 'WEBP', quality=QUALITY, alpha_quality=90, method=6)
