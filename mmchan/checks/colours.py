"""Whether a config's images have the order of the colours that its weights expect."""

from collections.abc import Iterator
from contextlib import contextmanager

from mmengine.config import Config

from mmchan.layouts.colours import BGR, RGB, images_in, known_order, warn_of_mismatch


def order_of_images(cfg: Config) -> str | None:
    """The order in which the data preprocessor gives images to the network; None without one.

    Images are loaded in BGR, as mmcv does.
    """
    model = cfg.get('model', {})
    model = model.get('module', model)  # what test-time augmentation wraps
    pixels = model.get('data_preprocessor') or cfg.get('data_preprocessor')
    if not pixels:
        return None
    flips = any(pixels.get(name) for name in ('to_rgb', 'bgr_to_rgb', 'rgb_to_bgr'))
    return RGB if flips else BGR


@contextmanager
def colours_checked(cfg: Config) -> Iterator[None]:
    """Within this context, weights that expect the other order are reported when they are loaded.

    Those of a published source are reported at once; with others the layout of their keys tells.
    """
    images = order_of_images(cfg)
    known = {checkpoint: order for checkpoint, order in _starts(cfg) if order}
    for checkpoint, order in known.items() if images else ():
        if order != images:
            warn_of_mismatch(checkpoint, weights=order, images=images)
    all_known = len(known) == len([*_starts(cfg)])
    with images_in(None if all_known else images):
        yield


def _starts(cfg: Config) -> Iterator[tuple[str, str | None]]:
    """Every checkpoint that a run starts from, and the order of the colours that it then expects."""
    if cfg.get('load_from'):  # replaces what the parts start from; what is resumed is our own
        yield from () if cfg.get('resume') else [(cfg.load_from, known_order(cfg.load_from))]
        return
    for part in _pretrained(cfg.get('model', {})):
        flipped_to = RGB if part.get('to_rgb') else BGR if part.get('to_bgr') else None
        yield part['checkpoint'], flipped_to or known_order(part['checkpoint'])


def _pretrained(part: object) -> Iterator[dict]:
    """Every init_cfg that loads a checkpoint."""
    if isinstance(part, dict):
        if str(part.get('type')).rpartition('.')[2] == 'Pretrained' and part.get('checkpoint'):
            yield part
        part = [*part.values()]
    for inner in part if isinstance(part, (list, tuple)) else ():
        yield from _pretrained(inner)
