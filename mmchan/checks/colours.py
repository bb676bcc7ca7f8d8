"""Whether a config's images have the order of the colours that its weights expect."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from mmengine.config import Config

from mmchan.checks.config.parts import part
from mmchan.checks.walk import of_type
from mmchan.findings import WARN, Finding
from mmchan.layouts.colours import BGR, RGB, SETTINGS, flip_advice, images_in, known_order, mismatch


def check_colours(cfg: Config) -> Iterator[Finding]:
    """Check the weights of published sources that a run starts from.

    Returns:
        A warning for every checkpoint that expects images in another order than the config gives it.
    """
    images = order_of_images(cfg)
    for checkpoint, order in _starts(cfg).items():
        if images and order and order != images:
            yield Finding(
                WARN,
                checkpoint,
                mismatch(order, images),
                f'change {SETTINGS}, or {flip_advice(images)}',
            )


@contextmanager
def colours_checked(cfg: Config) -> Iterator[None]:
    """Within this context, weights that :func:`check_colours` knows nothing about are reported when loaded.

    The layout of their keys tells what they expect.
    """
    all_known = all(_starts(cfg).values())
    with images_in(None if all_known else order_of_images(cfg)):
        yield


def order_of_images(cfg: Config) -> str | None:
    """The order in which the data preprocessor gives images to the network; None without one.

    Images are loaded in BGR, as mmcv does.
    """
    model = part(cfg, 'model', 'module') or part(cfg, 'model')  # what test-time augmentation wraps
    pixels = part(model, 'data_preprocessor') or part(cfg, 'data_preprocessor')
    if not pixels:
        return None
    flips = any(pixels.get(name) for name in ('to_rgb', 'bgr_to_rgb', 'rgb_to_bgr'))
    return RGB if flips else BGR


def _starts(cfg: Config) -> dict[str, str | None]:
    """Checkpoints that a run starts from -> the order of the colours that it then expects, where known."""
    start = cfg.get('load_from')
    if start:  # replaces what the parts start from; what is resumed is our own
        return {} if cfg.get('resume') or not isinstance(start, str) else {start: known_order(start)}
    inits = [
        init for init in of_type(cfg.get('model'), 'Pretrained') if isinstance(init.get('checkpoint'), str)
    ]
    return {init['checkpoint']: _flipped_to(init) or known_order(init['checkpoint']) for init in inits}


def _flipped_to(init: Mapping) -> str | None:
    """The order that the flip of a stem asks for."""
    if init.get('to_rgb'):
        return RGB
    return BGR if init.get('to_bgr') else None
