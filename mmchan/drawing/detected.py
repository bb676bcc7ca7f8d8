"""A picture of test images with what a detector finds in them."""

from collections.abc import Sequence
from pathlib import Path

from mmchan.files import replacing
from mmchan.prediction.results import SCORE, Scene

COLUMNS = 4
MISSED = 'white'
MASK = 0.55  # opacity
PALETTE = ('#e6194b', '#3cb44b', '#ffe119', '#4363d8', '#f58231', '#911eb4', '#42d4f4', '#f032e6', '#bfef45')
PALETTE += ('#fabed4',)


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
    lost = sum(len(scene.missed) for scene in scenes)
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
    for entry in scene.missed:
        left, top, width, height = entry['bbox']
        axes.add_patch(
            Rectangle((left, top), width, height, fill=False, color=MISSED, linewidth=1.5, linestyle='--')
        )
    axes.set_xlim(-0.5, pixels.shape[1] - 0.5)
    axes.set_ylim(pixels.shape[0] - 0.5, -0.5)
    axes.set_title(f'{len(scene.objects) - len(scene.missed)} of {len(scene.objects)} found', fontsize=10)


def _draw_mask(axes, entry: dict, colour: str) -> None:
    from pycocotools import mask

    from mmchan.drawing.panels import show_mask

    if 'segmentation' in entry:
        show_mask(axes, mask.decode(entry['segmentation']), colour, opacity=MASK)


def _draw_box(axes, entry: dict, colour: str, caption: str) -> None:
    from matplotlib.patches import Rectangle

    left, top, width, height = entry['bbox']
    axes.add_patch(Rectangle((left, top), width, height, fill=False, color=colour, linewidth=1.8))
    style = {'facecolor': colour, 'edgecolor': 'none', 'pad': 1.2}
    label = axes.text(left, top - 1, caption, fontsize=7.5, color='black', bbox=style, va='bottom', ha='left')
    label.set_clip_on(True)
