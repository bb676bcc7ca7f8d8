"""A picture of test images with what a detector finds in them."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmchan.files import replacing

COLUMNS = 4
SCORE = 0.5  # least score of a detection that is drawn
IOU = 0.5  # least overlap of a detection with an object that it finds
MISSED = 'white'
PALETTE = ('#e6194b', '#3cb44b', '#ffe119', '#4363d8', '#f58231', '#911eb4', '#42d4f4', '#f032e6', '#bfef45')
PALETTE += ('#fabed4',)


@dataclass(frozen=True)
class Scene:
    """A test image, its objects and what was found, both as entries of COCO's format."""

    image: Path
    objects: list[dict]
    detections: list[dict]


def read_scenes(annotations: Path, images: Path, results: Path) -> tuple[list[Scene], dict[int, str]]:
    """Read an annotation file and the results that ``tools/test.py --out`` wrote for it.

    Args:
        annotations: COCO annotation file.
        images: Folder of its images.
        results: COCO results, with or without masks.

    Returns:
        The images, and category id -> name.
    """
    content = json.loads(annotations.read_text(encoding='utf-8'))
    objects, found = defaultdict(list), defaultdict(list)
    for entry in content['annotations']:
        objects[entry['image_id']].append(entry)
    for entry in json.loads(results.read_text(encoding='utf-8')):
        if entry['score'] >= SCORE:
            found[entry['image_id']].append(entry)
    scenes = [
        Scene(images / image['file_name'], objects[image['id']], found[image['id']])
        for image in content['images']
    ]
    return scenes, {category['id']: category['name'] for category in content['categories']}


def missed(scene: Scene) -> list[dict]:
    """The objects that no detection of their category overlaps enough; each detection finds one object."""
    from pycocotools import mask

    if not scene.detections or not scene.objects:
        return scene.objects
    boxes = [[entry['bbox'] for entry in entries] for entries in (scene.detections, scene.objects)]
    overlap = mask.iou(*map(np.array, boxes), [0] * len(scene.objects))
    found = set()
    for row, detection in enumerate(scene.detections):
        for column in np.argsort(-overlap[row]).tolist():
            same = detection['category_id'] == scene.objects[column]['category_id']
            if same and overlap[row, column] >= IOU and column not in found:
                found.add(column)
                break
    return [entry for column, entry in enumerate(scene.objects) if column not in found]


def draw_scenes(scenes: Sequence[Scene], names: dict[int, str], out: Path, *, number: int = 8) -> Path:
    """Draw evenly spaced images with boxes, masks, classes and scores.

    Args:
        scenes: All images of a test.
        names: Category id -> name.
        out: The .png to write; it is whole whenever it exists.
        number: How many images to draw.

    Returns:
        ``out``.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    number = min(number, len(scenes))
    chosen = [scenes[index * len(scenes) // number] for index in range(number)]
    rows = -(-number // COLUMNS)
    figure = Figure(figsize=(3.2 * COLUMNS, 3.45 * rows + 0.5), layout='constrained')
    FigureCanvasAgg(figure)
    grid = figure.subplots(rows, COLUMNS, squeeze=False)
    for axes, scene in zip(grid.flat, chosen, strict=False):
        _draw_scene(axes, scene, names)
    for axes in grid.flat:
        axes.set_axis_off()
    total = sum(len(scene.objects) for scene in scenes)
    lost = sum(len(missed(scene)) for scene in scenes)
    figure.suptitle(
        f'{total - lost} of {total} objects in {len(scenes)} test images found with a score of at least '
        f'{SCORE:.0%}; dashed: missed or of another class',
        fontsize=12,
    )
    with replacing(out) as unfinished:
        figure.savefig(unfinished, dpi=120)
    return out


def _draw_scene(axes, scene: Scene, names: dict[int, str]) -> None:
    from matplotlib.image import imread
    from matplotlib.patches import Rectangle

    pixels = imread(scene.image)
    axes.imshow(pixels, interpolation='bicubic')
    numbers = {category: number for number, category in enumerate(names)}
    for entry in scene.detections:
        colour = PALETTE[numbers[entry['category_id']] % len(PALETTE)]
        _draw_mask(axes, entry, colour)
        _draw_box(axes, entry, colour, f'{names[entry["category_id"]]}  {entry["score"]:.0%}')
    lost = missed(scene)
    for entry in lost:
        left, top, width, height = entry['bbox']
        axes.add_patch(
            Rectangle((left, top), width, height, fill=False, color=MISSED, linewidth=1.5, linestyle='--')
        )
    axes.set_xlim(-0.5, pixels.shape[1] - 0.5)
    axes.set_ylim(pixels.shape[0] - 0.5, -0.5)
    axes.set_title(f'{len(scene.objects) - len(lost)} of {len(scene.objects)} found', fontsize=10)


def _draw_mask(axes, entry: dict, colour: str) -> None:
    from matplotlib.colors import to_rgb
    from pycocotools import mask

    if 'segmentation' not in entry:
        return
    inside = mask.decode(entry['segmentation'])
    overlay = np.zeros((*inside.shape, 4))
    overlay[..., :3] = to_rgb(colour)
    overlay[..., 3] = 0.55 * inside
    axes.imshow(overlay, interpolation='nearest')


def _draw_box(axes, entry: dict, colour: str, caption: str) -> None:
    from matplotlib.patches import Rectangle

    left, top, width, height = entry['bbox']
    axes.add_patch(Rectangle((left, top), width, height, fill=False, color=colour, linewidth=1.8))
    style = {'facecolor': colour, 'edgecolor': 'none', 'pad': 1.2}
    label = axes.text(left, top - 1, caption, fontsize=7.5, color='black', bbox=style, va='bottom', ha='left')
    label.set_clip_on(True)
