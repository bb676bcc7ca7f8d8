"""The same networks as other projects build them, by name: what ours are compared with."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
from mmengine.registry import MODELS
from torch import nn

from mmchan.channels import BlockPlan, ConvPlan, get_plan
from mmchan.compat import import_mmpretrain_alone

TIMM = MappingProxyType({
    'rexnet-1.0x': 'rexnet_100',
    'regnetx-400mf': 'regnetx_004',
    'regnety-400mf': 'regnety_004',
    'efficientnet-lite0': 'tf_efficientnet_lite0',
    'efficientnet-b0': 'efficientnet_b0',
    'mobilenet_v2-1.0x': 'mobilenetv2_100',
})  # fmt: skip
TORCHVISION = MappingProxyType({
    'regnetx-400mf': 'regnet_x_400mf',
    'regnety-400mf': 'regnet_y_400mf',
    'efficientnet-b0': 'efficientnet_b0',
    'mobilenet_v2-1.0x': 'mobilenet_v2',
})  # fmt: skip
# the backbone's settings and the channels that it hands to the head
MMPRETRAIN: Mapping[str, tuple[dict, int]] = MappingProxyType({
    'regnetx-400mf': ({'type': 'RegNet', 'arch': 'regnetx_400mf'}, 384),
    'efficientnet-b0': ({'type': 'EfficientNet', 'arch': 'b0'}, 1280),
    'mobilenet_v2-1.0x': ({'type': 'MobileNetV2', 'widen_factor': 1.0}, 1280),
})  # fmt: skip
AUTHORS = ('rexnet-1.0x',)


def from_timm(arch: str) -> nn.Module:
    """timm's network."""
    import timm

    return timm.create_model(TIMM[arch])


def from_torchvision(arch: str) -> nn.Module:
    """torchvision's network."""
    import torchvision

    return torchvision.models.get_model(TORCHVISION[arch])


def from_mmpretrain(arch: str) -> nn.Module:
    """mmpretrain's classifier; it maps images to logits."""
    import_mmpretrain_alone()
    backbone, channels = MMPRETRAIN[arch]
    head = {'type': 'LinearClsHead', 'num_classes': 1000, 'in_channels': channels}
    neck = {'type': 'GlobalAveragePooling'}
    settings = {'type': 'ImageClassifier', 'backbone': backbone, 'neck': neck, 'head': head}
    with MODELS.switch_scope_and_registry('mmpretrain') as registry:
        return Logits(registry.build(settings))


class Logits(nn.Module):
    """An mmpretrain classifier as a module from images to logits."""

    def __init__(self, classifier: nn.Module) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.classifier(images, mode='tensor')


def from_authors(arch: str) -> nn.Module:
    """ReXNet in its authors' layout, written from what is known of its layers: see :class:`AuthorsBlock`."""
    plan = get_plan(arch)
    last = plan.classifier(1000)
    return nn.Sequential(
        *_conv_norm(plan.stem),
        SwishOfAuthors(),
        *map(AuthorsBlock, plan.blocks),
        *_conv_norm(plan.penultimate),
        SwishOfAuthors(),
        nn.AdaptiveAvgPool2d(1),
        nn.Dropout(plan.dropout_rate),
        nn.Conv2d(last.in_channels, last.out_channels, 1),
        nn.Flatten(),
    )


class _Swish(torch.autograd.Function):
    """x times its sigmoid, of which the input alone is kept."""

    @staticmethod
    def forward(ctx, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return x * x.sigmoid()

    @staticmethod
    def backward(ctx, gradient: torch.Tensor) -> torch.Tensor:
        (x,) = ctx.saved_tensors
        gate = x.sigmoid()
        return gradient * (gate * (1 + x * (1 - gate)))


class SwishOfAuthors(nn.Module):
    """The activation as a function of its own, in place of torch's SiLU."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return _Swish.apply(x)


class AuthorsBlock(nn.Module):
    """A block as one Sequential, its squeeze-excitation by adaptive pooling, its shortcut added in place.

    Args:
        plan: Of a block of ReXNet.
    """

    def __init__(self, plan: BlockPlan) -> None:
        super().__init__()
        expand, depthwise, project = (plan.conv(role) for role in ('expand', 'depthwise', 'project'))
        layers = [*_conv_norm(expand), SwishOfAuthors()] if expand else []
        layers += _conv_norm(depthwise)
        if plan.squeeze:
            layers.append(AuthorsSqueeze(plan.squeeze.squeeze, plan.squeeze.excite))
        self.out = nn.Sequential(*layers, nn.ReLU6(), *_conv_norm(project))
        self.shortcut_channels = plan.in_channels if plan.shortcut != 'none' else 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.out(x)
        if self.shortcut_channels:
            out[:, : self.shortcut_channels] += x
        return out


class AuthorsSqueeze(nn.Module):
    """Squeeze-excitation with adaptive pooling."""

    def __init__(self, squeeze: ConvPlan, excite: ConvPlan) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        convs = _conv_norm(squeeze), _conv_norm(excite)
        self.fc = nn.Sequential(*convs[0], nn.ReLU(inplace=True), *convs[1], nn.Sigmoid())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.fc(self.pool(x))


def _conv_norm(plan: ConvPlan) -> list[nn.Module]:
    conv = nn.Conv2d(
        plan.in_channels,
        plan.out_channels,
        plan.kernel_size,
        stride=plan.stride,
        padding=plan.padding,
        groups=plan.groups,
        bias=plan.bias,
    )
    return [conv, nn.BatchNorm2d(plan.out_channels)] if plan.norm else [conv]


SOURCES: Mapping[str, tuple[Callable[[str], nn.Module], object]] = MappingProxyType({
    'timm': (from_timm, TIMM),
    'torchvision': (from_torchvision, TORCHVISION),
    'mmpretrain': (from_mmpretrain, MMPRETRAIN),
    "the authors' layout": (from_authors, AUTHORS),
})  # fmt: skip


def peers_of(arch: str) -> dict[str, Callable[[str], nn.Module]]:
    """Project -> what builds its network of this name."""
    return {project: build for project, (build, known) in SOURCES.items() if arch in known}
