"""Where else MMEngine shall log to: TensorBoard, Weights & Biases."""

from collections.abc import Mapping
from importlib.util import find_spec

from mmengine.config import Config, ConfigDict

from mmchan.checks.walk import type_name
from mmchan.errors import InputError

# option of ``mmchan train``, which is the name of the package -> MMEngine's class
BACKENDS = {'tensorboard': 'TensorboardVisBackend', 'wandb': 'WandbVisBackend'}


def add_backends(cfg: Config, wanted: Mapping[str, bool]) -> None:
    """Add backends to the visualizer of a config, which keeps those that it has.

    Args:
        cfg: The config; changed.
        wanted: 'tensorboard' or 'wandb' -> whether to log there.

    Raises:
        InputError: For a package that is not installed.
    """
    for package in [package for package, is_wanted in wanted.items() if is_wanted]:
        if find_spec(package) is None:
            raise InputError(
                f'--{package} needs the package {package}, which is not installed: pip install {package}'
            )
        _add(cfg, BACKENDS[package])


def _add(cfg: Config, backend: str) -> None:
    visualizer = cfg.get('visualizer') or ConfigDict(type='mmengine.Visualizer')
    if not isinstance(visualizer, Mapping):
        return  # what it is, the checks report
    backends = visualizer.get('vis_backends') or [ConfigDict(type='LocalVisBackend')]
    if all(type_name(one) != backend for one in backends):
        backends = [*backends, ConfigDict(type=backend)]
    visualizer.vis_backends = backends
    cfg.visualizer = visualizer
