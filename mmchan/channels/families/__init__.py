"""Families: the arguments of a design space become a NetPlan."""

from collections.abc import Callable

from mmchan.channels.families.inverted import efficientnet_lite, rexnet, rexnet_lite
from mmchan.channels.families.residual import anynet, regnet
from mmchan.channels.plans import NetPlan

FAMILIES: dict[str, Callable[..., NetPlan]] = {
    'regnet': regnet,
    'anynet': anynet,
    'rexnet': rexnet,
    'rexnet_lite': rexnet_lite,
    'efficientnet_lite': efficientnet_lite,
}
