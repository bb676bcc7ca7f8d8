"""Classifiers: where they come from, what their files give, how good they are.

What ``mmchan.deploy.tasks`` asks of a task: ``load_config`` (a config and its weights become an
:class:`~mmchan.deploy.task.Exportable`), ``predictor`` (an open file becomes the function that says and draws
what is on an image) and ``compare`` (two sessions become a difference).
"""

from mmchan.deploy.classification.loading import load_config, of_variant
from mmchan.deploy.classification.predicting import classify, predictor
from mmchan.deploy.comparing import compare

__all__ = ['classify', 'compare', 'load_config', 'of_variant', 'predictor']
