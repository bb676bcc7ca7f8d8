"""Registries of mmchan: children of MMEngine's roots in the scope 'mmchan'.

MMEngine imports this module by itself when a config says ``type='mmchan.X'``, in any OpenMMLab
library. It must not fail to import: MMEngine would report "not in the registry" instead.
"""

from mmengine.registry import HOOKS as MMENGINE_HOOKS
from mmengine.registry import MODELS as MMENGINE_MODELS
from mmengine.registry import OPTIM_WRAPPERS as MMENGINE_OPTIM_WRAPPERS
from mmengine.registry import RUNNERS as MMENGINE_RUNNERS
from mmengine.registry import TRANSFORMS as MMENGINE_TRANSFORMS
from mmengine.registry import WEIGHT_INITIALIZERS as MMENGINE_WEIGHT_INITIALIZERS
from mmengine.registry import Registry

MODELS = Registry(
    'model',
    parent=MMENGINE_MODELS,
    scope='mmchan',
    locations=['mmchan.models', 'mmchan.models.registered', 'mmchan.weights.loading'],
)
BACKBONES = MODELS
WEIGHT_INITIALIZERS = Registry(
    'weight initializer',
    parent=MMENGINE_WEIGHT_INITIALIZERS,
    scope='mmchan',
    locations=['mmchan.models.initializers', 'mmchan.weights.loading'],
)
TRANSFORMS = Registry(
    'transform',
    parent=MMENGINE_TRANSFORMS,
    scope='mmchan',
    locations=['mmchan.data.transforms', 'mmchan.data.crops', 'mmchan.data.loading'],
)
OPTIM_WRAPPERS = Registry(
    'optim_wrapper', parent=MMENGINE_OPTIM_WRAPPERS, scope='mmchan', locations=['mmchan.runs.amp']
)
HOOKS = Registry('hook', parent=MMENGINE_HOOKS, scope='mmchan', locations=['mmchan.runs.hooks'])
RUNNERS = Registry('runner', parent=MMENGINE_RUNNERS, scope='mmchan', locations=['mmchan.runs.runner'])
