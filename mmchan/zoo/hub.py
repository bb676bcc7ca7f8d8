"""Importing this module makes mmpretrain's hub know the zoo.

After ``import mmchan.zoo.hub``, in whatever order the two are imported,
``mmpretrain.list_models('mmchan*')`` lists our models and ``mmpretrain.get_model('mmchan_…')`` builds
them. Baselines have no config and are not listed.
"""

from mmpretrain.apis.model import ModelHub

from mmchan import compat
from mmchan.home import home
from mmchan.zoo.metafiles import read_entries


def register() -> None:
    """Register the zoo with mmpretrain's hub; a second call does nothing."""
    compat.apply()
    root = home()
    names = [entry.name for entry in read_entries(root) if not entry.is_baseline]
    if not all(map(ModelHub.has, names)):
        ModelHub.register_model_index(root / 'model-index.yml', config_prefix=root)


register()
