"""An animation of the channel explorer: the page of the built site, operated by its own controls."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from browser import chromium
from PIL import Image
from playwright.sync_api import Locator, Page

from mmchan.files import replacing

WINDOW = {'width': 1120, 'height': 1300}
HEIGHT = 668  # px of the explorer that are shown
EDGE = 16  # px around it
COLOURS = 32
QUICK, SLOW = 110, 1300  # ms that a frame stays: while a slider moves, and before and after
THEMES = ('light', 'dark')


@dataclass(frozen=True)
class Move:
    """A slider of a family is moved by the arrow keys.

    Attributes:
        family: Name of the family whose button is pressed before.
        start: Variant to start from.
        argument: The slider's.
        steps: Presses of a key from one frame to the next; below 0 to the left.
        frames: How many frames.
    """

    family: str
    start: str
    argument: str
    steps: int
    frames: int


STORY = (
    Move('rexnet', 'rexnet-1.0x', 'width_mult', 2, 9),
    Move('regnet', 'regnetx-400mf', 'wm', -6, 11),
    Move('regnet', 'regnetx-400mf', 'depth', 1, 9),
)
Frame = tuple[Image.Image, int]  # and its ms


def make(site: Path, out: Path) -> dict[str, object]:
    """Record the story on a light and on a dark ground; what it shows."""
    page = site / 'explorer.html'
    if not page.is_file():
        raise click.ClickException(f'there is no {page}: `make docs` builds it')
    for theme in THEMES:
        frames = record(page.as_uri(), theme)
        write_animation(frames, out / f'explorer-{theme}.gif')
        write_still(frames[STORY[0].frames][0], out / f'explorer-{theme}.png')
    seconds = sum(ms for _, ms in frames) / 1000
    return {'seconds': seconds, 'story': [f'{one.start}: {one.argument}' for one in STORY]}


def record(url: str, theme: str) -> list[Frame]:
    """The frames of the story."""
    with chromium() as browser:
        page = browser.new_page(viewport=WINDOW, color_scheme=theme, reduced_motion='reduce')
        page.goto(url)
        explorer = page.locator('#explorer')
        explorer.wait_for()
        return [frame for move in STORY for frame in play(page, explorer, move)]


def play(page: Page, explorer: Locator, move: Move) -> Iterator[Frame]:
    """The frames of one move."""
    explorer.locator(f'button[data-name="{move.family}"]').click()
    explorer.get_by_label('Start from').select_option(move.start)
    slider = explorer.locator(f'#setting-{move.argument}')
    slider.focus()
    yield taken(page, explorer), SLOW
    for _ in range(move.frames):
        for _ in range(abs(move.steps)):
            slider.press('ArrowRight' if move.steps > 0 else 'ArrowLeft')
        yield taken(page, explorer), QUICK
    yield taken(page, explorer), SLOW


def taken(page: Page, explorer: Locator) -> Image.Image:
    """The upper part of the explorer as it is now."""
    page.evaluate('window.scrollTo(0, 0)')
    page.mouse.move(0, 0)
    box = explorer.bounding_box()
    clip = {'x': 0, 'y': box['y'] - EDGE, 'width': WINDOW['width'], 'height': HEIGHT + 2 * EDGE}
    return Image.open(io.BytesIO(page.screenshot(clip=clip))).convert('RGB')


def write_animation(frames: list[Frame], path: Path) -> None:
    """Write a GIF, a third smaller than an animated PNG of them: one palette for all, it repeats for ever."""
    images, times = zip(*frames, strict=True)
    palette = common_palette(images)
    quantised = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    first, *others = quantised
    with replacing(path) as unfinished:
        options = {'save_all': True, 'append_images': others, 'duration': list(times), 'loop': 0}
        first.save(unfinished, 'GIF', optimize=True, **options)


def write_still(image: Image.Image, path: Path) -> None:
    """Write one frame, for those who do not want things to move."""
    with replacing(path) as unfinished:
        image.quantize(2 * COLOURS, dither=Image.Dither.NONE).save(unfinished, 'PNG', optimize=True)


def common_palette(images: tuple[Image.Image, ...]) -> Image.Image:
    """The palette of what the first frames of the moves show together."""
    width, height = images[0].size
    chosen = images[:: max(1, len(images) // 6)]
    together = Image.new('RGB', (width, height * len(chosen)))
    for number, image in enumerate(chosen):
        together.paste(image, (0, number * height))
    return together.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
