"""Classifiers: where they come from, what their files give, how good they are.

What ``mmchan.deploy.tasks`` asks of the module of a task:

- ``load_config``: a config and its weights become an :class:`~mmchan.deploy.tasks.Exportable`;
- ``export``: such a one becomes a file, once it is known to give the same;
- ``load_inputs``: a folder of images becomes inputs to calibrate with;
- ``judge_of``: the session of fp32 becomes what decides about its quantised forms;
- ``predictor``: an open file becomes the function that says and draws what is on an image.
"""

from mmchan.deploy.classification.exporting import export
from mmchan.deploy.classification.judging import judge_of, load_inputs
from mmchan.deploy.classification.loading import load_config, of_variant
from mmchan.deploy.classification.predicting import classify, predictor

__all__ = ['classify', 'export', 'judge_of', 'load_config', 'load_inputs', 'of_variant', 'predictor']
