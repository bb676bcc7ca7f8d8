"""Hooks for what MMEngine's Runner lacks, one module each; importing this registers all of them."""

from mmchan.runs.hooks import broken_images, checkpoint, exact, live, scalars, summary, waiting

__all__ = ['broken_images', 'checkpoint', 'exact', 'live', 'scalars', 'summary', 'waiting']
