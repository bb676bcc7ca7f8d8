"""Inverted bottlenecks, and the backbones that consist of them."""

from collections.abc import Mapping, Sequence

import torch
from mmcv.cnn.bricks import DropPath
from torch import nn
from torch.nn import functional as F

from mmchan.channels import BlockPlan, NetPlan, find_variant, get_plan
from mmchan.errors import require
from mmchan.models.backbone import PlanBackbone
from mmchan.models.layers import ACTIVATIONS, SqueezeExcite, build_conv_norm, without_activation


class InvertedBottleneck(nn.Module):
    """1x1 expansion, depthwise conv, squeeze-excitation, activation, linear 1x1, partial shortcut.

    Maps (N, C_in, H, W) to (N, C_out, H / stride, W / stride). Where the output is wider than the
    input, the input is added to the first channels only (a zero-padded identity).

    Source: arXiv:2007.00992, section 3 and figure 2; order of the authors' code.
    """

    def __init__(
        self, plan: BlockPlan, *, conv_cfg: dict | None, norm_cfg: dict, drop_path_rate: float
    ) -> None:
        super().__init__()
        build = {'conv_cfg': conv_cfg, 'norm_cfg': norm_cfg}
        *expand, depthwise, project = plan.convs
        self.expand = build_conv_norm(expand[0], **build) if expand else None
        self.depthwise = build_conv_norm(without_activation(depthwise), **build)
        self.se = SqueezeExcite(plan, **build) if plan.squeeze else None
        self.activate = ACTIVATIONS[depthwise.activation]()
        self.project = build_conv_norm(project, **build)
        self.has_shortcut = plan.shortcut != 'none'
        self.extra_channels = plan.out_channels - plan.in_channels
        self.drop_path = DropPath(drop_path_rate) if self.has_shortcut and drop_path_rate else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = x if self.expand is None else self.expand(x)
        out = self.depthwise(out)
        if self.se is not None:
            out = self.se(out)
        out = self.project(self.activate(out))
        if not self.has_shortcut:
            return out
        if self.drop_path is not None:
            out = self.drop_path(out)
        if self.extra_channels:
            x = F.pad(x, (0, 0, 0, 0, 0, self.extra_channels))
        return out + x


class InvertedBackbone(PlanBackbone):
    """Abstract: a stem, stages of inverted bottlenecks and the penultimate 1x1 convolution.

    The penultimate convolution is built only where ``out_indices`` names it, so that a detector has
    no parameters without gradient. A subclass names its family of plans.
    """

    family: str

    def __init__(
        self,
        arch: str | Mapping[str, object],
        in_channels: int = 3,
        *,
        out_indices: Sequence[int] = (-1,),
        frozen_stages: int = -1,
        conv_cfg: dict | None = None,
        norm_cfg: dict | None = None,
        norm_eval: bool = False,
        with_cp: bool = False,
        drop_path_rate: float = 0.0,
        init_cfg: dict | list | None = None,
    ) -> None:
        require(0 <= drop_path_rate < 1, 'drop_path_rate', 'within [0, 1)', drop_path_rate)
        plan = self._plan(arch)
        super().__init__(
            plan,
            in_channels=in_channels,
            out_indices=out_indices,
            frozen_stages=frozen_stages,
            conv_cfg=conv_cfg,
            norm_cfg=norm_cfg or self._default_norm_cfg(plan),
            norm_eval=norm_eval,
            with_cp=with_cp,
            init_cfg=init_cfg,
        )
        self.drop_path_rate = drop_path_rate
        self._build()

    def _plan(self, arch: str | Mapping[str, object]) -> NetPlan:
        if isinstance(arch, str):
            family = find_variant(arch).family
            rule = f'a variant of {type(self).__name__} (mmchan list {self.family.replace("_", "-")})'
            require(family == self.family, 'arch', rule, arch)
        plan = get_plan(arch, family=self.family)
        require(plan.family == self.family, 'family', repr(self.family), plan.family)
        return plan

    def _default_norm_cfg(self, plan: NetPlan) -> dict:
        return {'type': 'BN', 'requires_grad': True}

    def _build(self) -> None:
        super()._build()
        self.penultimate = None
        if len(self.plan.stages) in self.out_indices:
            self.penultimate = build_conv_norm(
                self.plan.penultimate, conv_cfg=self.conv_cfg, norm_cfg=self.norm_cfg
            )

    def _build_stem(self) -> None:
        self.stem = build_conv_norm(self.plan.stem, conv_cfg=self.conv_cfg, norm_cfg=self.norm_cfg)

    def _stem_modules(self) -> list[nn.Module]:
        return [self.stem]

    def _run_stem(self, x: torch.Tensor) -> torch.Tensor:
        return self.stem(x)

    def _build_block(self, plan: BlockPlan, index: int) -> nn.Module:
        # stochastic depth grows linearly with the block's index (arXiv:1603.09382)
        rate = self.drop_path_rate * index / max(1, len(self.plan.blocks) - 1)
        return InvertedBottleneck(plan, conv_cfg=self.conv_cfg, norm_cfg=self.norm_cfg, drop_path_rate=rate)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Map images (N, C, H, W) to the maps (N, C_i, H / s_i, W / s_i) of ``out_indices``."""
        x = self._run_stem(x)
        maps, x = self._run_stages(x)
        return maps if self.penultimate is None else (*maps, self.penultimate(x))
