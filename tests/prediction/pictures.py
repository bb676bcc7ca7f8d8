"""Images to predict for."""

from pathlib import Path

from PIL import Image
from sklearn.datasets import load_sample_images


def write_photographs(folder: Path) -> Path:
    """Write two photographs and a file that is none."""
    for name, pixels in zip(('china', 'flower'), load_sample_images().images, strict=True):
        Image.fromarray(pixels[::2, ::2]).save(folder / f'{name}.jpg')
    (folder / 'notes.txt').write_text('no image')
    return folder
