"""A photograph with what speaks for its classes, one panel for each."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFont

from mmchan.drawing.pictures import GROUND, INK, MUTED
from mmchan.prediction.explanation import Explanation

COLOURS = 'turbo'
STRONGEST = 0.7  # opacity of the largest value
UNSEEN = 0.35  # brightness of what the network does not see
SIDE = 320, 512  # px: the long edge of a panel, at least and at most
GAP = 10  # px


def draw_explanation(explained: Explanation) -> np.ndarray:
    """The photograph, then a panel for each class: hotter colours where more speaks for it.

    Returns:
        Pixels (H, W, 3) in RGB.
    """
    factor = _factor(explained.image.size)
    size = tuple(round(length * factor) for length in explained.image.size)
    photograph = explained.image.resize(size, Image.Resampling.BICUBIC)
    box = tuple(round(edge * factor) for edge in explained.box)
    rows = zip(explained.found.names, explained.found.probabilities, explained.maps, strict=True)
    panels = [(photograph, 'the image', explained.where)]
    for name, share, heat in rows:
        says = f'{share:.1%}' if heat.any() else f'{share:.1%}; nothing positive in this map'
        panels.append((_heated(photograph, heat, box), name, says))
    return _side_by_side(panels, size)


def _factor(size: tuple[int, int]) -> float:
    """How much an image is enlarged or reduced, so that its long edge is within SIDE."""
    longest = max(size)
    return min(max(longest, SIDE[0]), SIDE[1]) / longest


def _heated(photograph: Image.Image, heat: np.ndarray, box: tuple[int, int, int, int]) -> Image.Image:
    """The photograph with a map drawn over the part that the network sees; the rest is dimmed."""
    from matplotlib import colormaps

    size = box[2] - box[0], box[3] - box[1]
    fine = np.asarray(Image.fromarray(heat.astype(np.float32)).resize(size, Image.Resampling.BICUBIC))
    fine = fine.clip(0, 1)
    colours = colormaps[COLOURS](fine)
    colours[..., 3] = STRONGEST * np.sqrt(fine)
    overlay = Image.fromarray((colours * 255).round().astype(np.uint8))
    canvas = ImageEnhance.Brightness(photograph).enhance(UNSEEN)
    canvas.paste(photograph.crop(box), box)
    canvas = canvas.convert('RGBA')
    canvas.alpha_composite(overlay, box[:2])
    return canvas.convert('RGB')


def _side_by_side(panels: Sequence[tuple[Image.Image, str, str]], size: tuple[int, int]) -> np.ndarray:
    """Pictures of one size in a row, each with two lines above it."""
    width = max(size[0], SIDE[0] // 2)
    line = 20
    sheet = Image.new('RGB', (len(panels) * (width + GAP) + GAP, size[1] + 2 * line + 2 * GAP), GROUND)
    pen = ImageDraw.Draw(sheet)
    title, note = ImageFont.load_default(size=15), ImageFont.load_default(size=13)
    for number, (panel, above, below) in enumerate(panels):
        left = GAP + number * (width + GAP)
        pen.text((left, GAP // 2), _fitting(above, title, width), fill=INK, font=title)
        pen.text((left, GAP // 2 + line), _fitting(below, note, width), fill=MUTED, font=note)
        sheet.paste(panel, (left, 2 * line + GAP))
    return np.asarray(sheet)


def _fitting(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """The text, shortened where it is wider than a panel."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f'{text}…') > width:
        text = text[:-1]
    return f'{text.rstrip()}…'
