"""The photographs and ImageNet weights that tests find on the machine."""

from functools import cache

import numpy as np
import timm
import torch
from skimage import data
from sklearn.datasets import load_sample_image
from torch import nn

from mmchan.weights.catalogue import find_published, locate

PACKAGED = ('efficientnet-lite0', 'efficientnet-lite1', 'efficientnet-lite2')


@cache
def photographs() -> dict[str, np.ndarray]:
    """Name -> pixels (H, W, 3), RGB: a cat, a cup of coffee, a rocket, a flower, a palace."""
    return {
        'chelsea': data.chelsea(),
        'coffee': data.coffee(),
        'rocket': data.rocket(),
        'flower': load_sample_image('flower.jpg'),
        'china': load_sample_image('china.jpg'),
    }


def timm_peer(name: str) -> nn.Module:
    """timm's network with the weights of the package, its keys written out by hand."""
    peer = timm.create_model(f'tf_{name.replace("-", "_")}').eval()
    theirs = torch.load(locate(find_published(name)), weights_only=True)
    keys = [key for key in peer.state_dict() if not key.endswith('num_batches_tracked')]
    tensors = [value for key, value in theirs.items() if not key.endswith('num_batches_tracked')]
    # both list their layers in the order of the forward pass
    peer.load_state_dict(dict(zip(keys, tensors, strict=True)), strict=False)
    return peer
