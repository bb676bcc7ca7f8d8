"""Hooks for what MMEngine's Runner lacks, one module each; importing this registers all of them."""

from mmchan.runs.hooks import amp, broken_images, checkpoint

__all__ = ['amp', 'broken_images', 'checkpoint']
