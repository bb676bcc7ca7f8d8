"""A plan's backbone with pooling and head: a network that needs torch, mmengine and mmcv alone."""

from collections import OrderedDict
from collections.abc import Mapping

import torch
from torch import nn

from mmchan.channels import ConvPlan, NetPlan
from mmchan.errors import require
from mmchan.models.backbone import build_backbone
from mmchan.models.layers import ACTIVATIONS


class Classifier(nn.Module):
    """Maps images (N, C, H, W) to logits (N, num_classes).

    Its state-dict keys are those of mmpretrain's
    :class:`~mmpretrain.models.classifiers.ImageClassifier` with our configs, so that checkpoints of both
    load strictly into either.

    Args:
        arch: A variant's name or a mapping ``dict(family=..., **arguments)``.
        num_classes: Number of classes.
        dropout_rate: Share of the classifier's inputs that training drops, in [0, 1); None takes the
            paper's.

    Attributes:
        backbone: The backbone; its ``plan`` is the network's.
        head: Everything after global average pooling.
        preprocessing: How images become its inputs, where ``mmchan.get_model`` knows; else None.

    Raises:
        InputError: For an unknown name or a value outside its range.

    Example:
        >>> Classifier('rexnet-lite-1.0x', 10).eval()(torch.rand(1, 3, 64, 64)).shape
        torch.Size([1, 10])
    """

    def __init__(
        self,
        arch: str | Mapping[str, object],
        num_classes: int = 1000,
        *,
        dropout_rate: float | None = None,
    ) -> None:
        super().__init__()
        self.backbone = build_backbone(arch)
        plan = self.backbone.plan
        rate = plan.dropout_rate if dropout_rate is None else dropout_rate
        require(0 <= rate < 1, 'dropout_rate', 'None or within [0, 1)', rate)
        self.head = _build_head(plan, num_classes, rate)
        self.preprocessing = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # not AdaptiveAvgPool2d, which gave NaN with channels_last and AMP (pytorch issue 43992)
        return self.head(self.backbone(x)[-1].mean((2, 3)))


def _build_head(plan: NetPlan, num_classes: int, dropout_rate: float) -> nn.Sequential:
    """Named as mmpretrain's LinearClsHead, or its StackedLinearClsHead where there are hidden layers."""
    last = _linear(plan.classifier(num_classes))
    dropout = nn.Dropout(dropout_rate)
    if not plan.head:
        return nn.Sequential(OrderedDict(dropout=dropout, fc=last))
    hidden = [
        OrderedDict(
            fc=_linear(conv), norm=nn.BatchNorm1d(conv.out_channels), activate=ACTIVATIONS[conv.activation]()
        )
        for conv in plan.head
    ]
    layers = [*hidden, OrderedDict(dropout=dropout, fc=last)]
    return nn.Sequential(OrderedDict(layers=nn.Sequential(*map(nn.Sequential, layers))))


def _linear(conv: ConvPlan) -> nn.Linear:
    return nn.Linear(conv.in_channels, conv.out_channels, bias=conv.bias)
