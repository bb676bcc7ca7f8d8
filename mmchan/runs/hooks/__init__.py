"""Hooks for what MMEngine's Runner lacks, one module each; importing this registers all of them."""

from mmchan.runs.hooks import (
    amp,
    bad_steps,
    broken_images,
    checkpoint,
    exact,
    live,
    scalars,
    summary,
    waiting,
)

__all__ = [
    'amp',
    'bad_steps',
    'broken_images',
    'checkpoint',
    'exact',
    'live',
    'scalars',
    'summary',
    'waiting',
]
