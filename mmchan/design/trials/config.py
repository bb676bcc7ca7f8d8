"""The training config of a trial: the base's, with the network, the epochs and the seed of the task."""

import copy

from mmengine.config import Config

from mmchan import compat
from mmchan.design.trials.network import with_network
from mmchan.design.trials.schedule import with_epochs
from mmchan.design.trials.task import Task
from mmchan.errors import require


def trial_config(task: Task) -> Config:
    """What both paths train; written into a file, what ``python tools/train.py`` trains.

    Raises:
        InputError: For a base config that no network can be put into, or without epochs.
    """
    compat.apply()
    base = copy.deepcopy(dict(task.config))
    require(isinstance(base.get('model'), dict), 'model', 'a model in the training config', base.get('model'))
    stretched = with_epochs(base, task.epochs)
    randomness = {**(base.get('randomness') or {}), 'seed': task.seed}
    return Config({**stretched, 'model': with_network(base['model'], task.arch), 'randomness': randomness})
