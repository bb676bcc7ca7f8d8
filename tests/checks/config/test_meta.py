"""Parts built without values: what that skips, and what it may not skip."""

import torch
from torch import nn

from mmchan.checks.config.meta import build_part


class Counting(nn.Module):
    """A layer, and numbers that its constructor works with."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv2d(3, 4, 1)
        nn.init.normal_(self.layer.weight)
        self.numbers = nn.init.constant_(torch.empty(2, device='cpu'), 3.0).tolist()


def test_weights_have_shapes_alone():
    built = build_part({'type': Counting}, 'mmengine')
    assert built.layer.weight.is_meta
    assert built.layer.weight.shape == (4, 3, 1, 1)


def test_numbers_that_a_constructor_works_with_have_values():
    assert build_part({'type': Counting}, 'mmengine').numbers == [3, 3]
