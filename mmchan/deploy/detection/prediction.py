"""From an image file to what an exported detector finds in it, as ``mmchan predict`` says and draws it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

from mmchan.deploy.detection.detections import Detections, detect
from mmchan.deploy.runtimes.session import Session
from mmchan.drawing.detected import PALETTE
from mmchan.prediction.classification import SHORT_EDGE, load_image
from mmchan.prediction.files import Result

COVER = 0.45  # opacity of a mask
LINES_PER_EDGE = 28  # of captions that the shorter edge could hold


def predictor(session: Session, *, topk: int = 5, score_threshold: float = 0.3) -> Callable[[Path], Result]:
    """The function that finds objects in one file and draws them.

    Args:
        session: Of :func:`mmchan.deploy.runtimes.open_model`.
        topk: Is for classifiers.
        score_threshold: Least score of a detection that is drawn and returned, in [0, 1].
    """
    classes = session.metadata.classes

    def predict(path: Path) -> Result:
        pixels = np.asarray(load_image(path))
        found = detect(session, pixels, score_threshold=score_threshold)
        said = {'image': str(path), 'detections': found.as_coco(classes)}
        return Result(said, draw(pixels, found, classes))

    return predict


def draw(pixels: np.ndarray, found: Detections, classes: tuple[str, ...]) -> np.ndarray:
    """An image (H, W, 3) with boxes, masks, classes and scores, the best on top; small ones are enlarged."""
    covered = Image.fromarray(_covered(pixels, found))
    scale = max(1.0, SHORT_EDGE / min(covered.size))
    canvas = covered.resize((round(covered.width * scale), round(covered.height * scale)))
    pen = ImageDraw.Draw(canvas)
    line = max(12, min(canvas.size) // LINES_PER_EDGE)
    font = ImageFont.load_default(size=line * 0.75)
    for number in reversed(range(len(found.scores))):
        label = int(found.labels[number])
        colour = PALETTE[label % len(PALETTE)]
        left, top, right, bottom = (found.boxes[number] * scale).tolist()
        corners = (left, top, max(left, right), max(top, bottom))
        pen.rectangle(corners, outline=colour, width=max(2, line // 8))
        caption = f' {classes[label] if classes else label}  {found.scores[number]:.0%} '
        place = (left, max(0.0, top - line))
        pen.rectangle(pen.textbbox(place, caption, font=font), fill=colour)
        pen.text(place, caption, fill='black', font=font)
    return np.asarray(canvas)


def _covered(pixels: np.ndarray, found: Detections) -> np.ndarray:
    """An image with the masks of what was found in their class's colour."""
    if found.masks is None:
        return pixels
    covered = pixels.astype(np.float32)
    for number in reversed(range(len(found.scores))):
        colour = np.array(ImageColor.getrgb(PALETTE[int(found.labels[number]) % len(PALETTE)]))
        inside = found.masks[number]
        covered[inside] = (1 - COVER) * covered[inside] + COVER * colour
    return covered.astype(np.uint8)
