"""Small classifiers whose normalisation does something."""

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from mmchan.deploy.metadata import Metadata
from mmchan.models import Classifier

ANYNET = {'family': 'anynet', 'widths': [8, 16], 'depths': [1, 1], 'group_widths': [8, 8], 'se_ratio': 0.25}
SIZE = 32


def lively(module: nn.Module, seed: int = 0) -> nn.Module:
    """Give the normalisation of a network statistics and weights that are not its first ones; eval mode."""
    rng = torch.Generator().manual_seed(seed)
    for norm in (one for one in module.modules() if isinstance(one, _BatchNorm)):
        for tensor, low, high in (
            (norm.running_mean, -0.2, 0.2),
            (norm.running_var, 0.2, 1.0),
            (norm.weight.data, 0.5, 1.0),
            (norm.bias.data, -0.2, 0.2),
        ):
            tensor.copy_(low + (high - low) * torch.rand(tensor.shape, generator=rng))
    return module.eval()


def tiny(arch: object = ANYNET, classes: int = 5) -> Classifier:
    """A classifier of a few channels."""
    torch.manual_seed(0)
    return lively(Classifier(arch, classes))


def metadata_of(**values: object) -> Metadata:
    """Of a classifier with five classes."""
    usual = {
        'size': (SIZE, SIZE),
        'resize': (40,),
        'crop': (SIZE, SIZE),
        'mean': (124.0,) * 3,
        'std': (58.0,) * 3,
    }
    return Metadata(name='tiny', classes=tuple('abcde'), source='random', **{**usual, **values})
