"""Whole detectors, from an image to boxes, classes and masks, in one exported file.

What ``mmchan.deploy.tasks`` asks of the module of a task, see :mod:`mmchan.deploy.classification`.
"""

from mmchan.deploy.detection.detections import Detections, detect
from mmchan.deploy.detection.exporting import export
from mmchan.deploy.detection.loading import load_config
from mmchan.deploy.detection.prediction import predictor
from mmchan.deploy.detection.quantising import judge_of, load_inputs

__all__ = ['Detections', 'detect', 'export', 'judge_of', 'load_config', 'load_inputs', 'predictor']
