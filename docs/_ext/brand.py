"""Draws logo, icon, picture of the previews and badges; `python docs/_ext/brand.py` writes them.

The logo is the plan of ReXNet-1.0x: a bar per block as high as the block is wide. The icon has one per stage.
"""

import re
from collections.abc import Mapping, Sequence

from PIL import Image, ImageDraw
from site_files import ROOT, write

from mmchan import __version__
from mmchan.channels import get_plan
from mmchan.drawing.palette import series
from mmchan.files import replacing

FOLDER = ROOT / 'docs/_static/brand'
VARIANT, SERIES = 'rexnet-1.0x', 'rexnet'
SIDE = 64  # of the drawings, in their own units
PIXELS = 480  # of the picture of the previews
GAP = 0.22  # share of a bar's place
CHARACTER, PADDING, HEIGHT = 6.7, 7, 20  # px of the badges, 11 px high letters
GREY, GREEN, BLUE = '#4b5563', '#166534', '#1e40af'

Box = tuple[float, float, float, float]


def bars(widths: Sequence[int], side: float = SIDE) -> list[Box]:
    """Left, top, right and bottom of a bar per width in a square; the largest is as high as the square."""
    pitch = side / len(widths)
    tops = [side * (1 - width / max(widths)) for width in widths]
    return [
        (at * pitch + pitch * GAP / 2, top, (at + 1) * pitch - pitch * GAP / 2, side)
        for at, top in enumerate(tops)
    ]


def drawing(widths: Sequence[int], *, style: str) -> str:
    """The bars as SVG; ``style`` gives them their colour."""
    shapes = ''.join(
        f'<rect x="{left:.2f}" y="{top:.2f}" width="{right - left:.2f}" height="{bottom - top:.2f}"/>'
        for left, top, right, bottom in bars(widths)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" height="{SIDE}" '
        f'role="img" aria-label="mmchan"><style>{style}</style>{shapes}</svg>\n'
    )


def drawings() -> dict[str, str]:
    """Logo for light and dark grounds, and the icon, which follows the browser's scheme."""
    plan = get_plan(VARIANT)
    light, dark = series()[SERIES].colours
    both = f'rect{{fill:{light}}}@media(prefers-color-scheme:dark){{rect{{fill:{dark}}}}}'
    return {
        'logo-light.svg': drawing(plan.widths, style=f'rect{{fill:{light}}}'),
        'logo-dark.svg': drawing(plan.widths, style=f'rect{{fill:{dark}}}'),
        'icon.svg': drawing(plan.stage_widths, style=both),
    }


def badge(label: str, value: str, colour: str) -> str:
    """A badge: what is said, and the answer."""
    left, right = (round(len(text) * CHARACTER) + 2 * PADDING for text in (label, value))
    end = f'M{left} 0h{right - 3}a3 3 0 0 1 3 3v{HEIGHT - 6}a3 3 0 0 1-3 3h-{right - 3}z'
    font = 'font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{HEIGHT}" role="img" '
        f'aria-label="{label}: {value}"><rect width="{left + right}" height="{HEIGHT}" rx="3" fill="{GREY}"/>'
        f'<path d="{end}" fill="{colour}"/><g fill="#fff" {font}><text x="{left / 2}" y="14">{label}</text>'
        f'<text x="{left + right / 2}" y="14">{value}</text></g></svg>\n'
    )


def badges() -> Mapping[str, str]:
    """What the project says about itself, from where it says it."""
    project = (ROOT / 'pyproject.toml').read_text(encoding='utf-8')  # tomllib came with Python 3.11
    minors = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', project)
    [licence] = re.findall(r'^license = "(.+)"$', project, re.MULTILINE)
    return {
        'badge-python.svg': badge('Python', f'{minors[0]} to {minors[-1]}', BLUE),
        'badge-licence.svg': badge('licence', licence, GREEN),
        'badge-version.svg': badge('version', __version__, BLUE),
    }


def picture() -> Image.Image:
    """The logo as pixels: a preview takes no SVG."""
    canvas = Image.new('RGBA', (PIXELS, PIXELS))
    pen = ImageDraw.Draw(canvas)
    for box in bars(get_plan(VARIANT).widths, PIXELS - 1):
        pen.rectangle(box, fill=series()[SERIES].colours[0])
    return canvas


def main() -> None:
    """Write all of them into docs/_static/brand."""
    for name, text in {**drawings(), **badges()}.items():
        write(FOLDER / name, text)
    with replacing(FOLDER / 'logo.png') as unfinished:
        picture().save(unfinished, optimize=True)


if __name__ == '__main__':
    main()
