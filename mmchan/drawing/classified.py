"""A picture of test images with what a classifier says about them."""

from collections.abc import Sequence
from pathlib import Path

from mmchan.files import replacing
from mmchan.prediction.results import Prediction

COLUMNS = 8
RIGHT, WRONG = '#1a7f37', '#cf222e'


def choose(predictions: Sequence[Prediction], *, number: int = 16, mistakes: int = 4) -> list[Prediction]:
    """A handful of predictions: evenly spaced right ones, then some of the wrong ones.

    Args:
        predictions: All of them.
        number: How many to choose, >= 1.
        mistakes: How many of them may be wrong.
    """
    wrong = [prediction for prediction in predictions if not prediction.is_right][:mistakes]
    right = [prediction for prediction in predictions if prediction.is_right]
    wanted = min(number - len(wrong), len(right))
    return [right[index * len(right) // wanted] for index in range(wanted)] + wrong


def draw_predictions(predictions: Sequence[Prediction], out: Path, *, number: int = 16) -> Path:
    """Draw a handful of images, each with its prediction and, where that is wrong, the truth.

    Args:
        predictions: All predictions of a test.
        out: The .png to write; it is whole whenever it exists.
        number: How many images to draw.

    Returns:
        ``out``.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.image import imread

    chosen = choose(predictions, number=number)
    rows = -(-len(chosen) // COLUMNS)
    figure = Figure(figsize=(1.45 * COLUMNS, 1.85 * rows + 0.7), layout='constrained')
    FigureCanvasAgg(figure)
    grid = figure.subplots(rows, COLUMNS, squeeze=False)
    for axes, prediction in zip(grid.flat, chosen, strict=False):
        axes.imshow(imread(prediction.image), cmap='gray_r', interpolation='nearest')
        axes.set_title(_caption(prediction), fontsize=10, color=RIGHT if prediction.is_right else WRONG)
    for axes in grid.flat:
        axes.set_axis_off()
    right = sum(prediction.is_right for prediction in predictions)
    mistakes = sum(not prediction.is_right for prediction in chosen)
    figure.suptitle(
        f'{right} of {len(predictions)} test images right; {mistakes} of the {len(predictions) - right} '
        'mistakes at the end, in red',
        fontsize=11,
    )
    with replacing(out) as unfinished:
        figure.savefig(unfinished, dpi=120)
    return out


def _caption(prediction: Prediction) -> str:
    said = f'says {prediction.predicted} ({prediction.score:.0%})'
    return f'{said}\ntruth {prediction.truth}'
