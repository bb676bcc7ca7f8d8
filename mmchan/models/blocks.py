"""BlockPlan -> a module that does what the plan says, in its order."""

import torch
from mmcv.cnn.bricks import DropPath
from torch import nn
from torch.nn import functional as F

from mmchan.channels import BlockPlan
from mmchan.models.layers import ACTIVATIONS, SqueezeExcite, build_conv_norm, without_activation


class PlanBlock(nn.Module):
    """Any block: its convolutions under the names of their roles, squeeze-excitation, shortcut.

    Maps (N, C_in, H, W) to (N, C_out, H / stride, W / stride). Where the output is wider than the input
    and the shortcut is partial, the input is added to the first channels only (a zero-padded identity).

    Args:
        plan: The block.
        conv_cfg: Config of the convolutions; None for Conv2d.
        norm_cfg: Config of the normalisation layers.
        drop_path_rate: Probability that training drops the main path, in [0, 1).
    """

    def __init__(
        self, plan: BlockPlan, *, conv_cfg: dict | None, norm_cfg: dict, drop_path_rate: float = 0.0
    ) -> None:
        super().__init__()
        self.path: list[str] = []
        self._build_path(plan, conv_cfg=conv_cfg, norm_cfg=norm_cfg)
        self.projection = None
        if plan.projection:
            self.projection = build_conv_norm(plan.projection, conv_cfg=conv_cfg, norm_cfg=norm_cfg)
        self.has_shortcut = plan.shortcut != 'none'
        self.extra_channels = plan.out_channels - plan.in_channels if plan.shortcut == 'partial' else 0
        self.drop_path = DropPath(drop_path_rate) if self.has_shortcut and drop_path_rate else None
        self.last_activation = ACTIVATIONS[plan.activation]() if plan.activation else None

    def _build_path(self, plan: BlockPlan, **build: dict | None) -> None:
        """Add the modules of the main path, in order."""
        for conv in plan.convs:
            gated = plan.squeeze is not None and plan.squeeze.after == conv.role
            late = gated and plan.squeeze.before_activation
            self._add(conv.role, build_conv_norm(without_activation(conv) if late else conv, **build))
            if gated:
                self._add('se', SqueezeExcite(plan.squeeze, **build))
            if late and conv.activation:
                self._add('activate', ACTIVATIONS[conv.activation]())

    def _add(self, name: str, module: nn.Module) -> None:
        self.add_module(name, module)
        self.path.append(name)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = x
        for name in self.path:
            out = getattr(self, name)(out)
        if self.has_shortcut:
            out = self._add_shortcut(x, out)
        return out if self.last_activation is None else self.last_activation(out)

    def _add_shortcut(self, x: torch.Tensor, out: torch.Tensor) -> torch.Tensor:
        if self.drop_path is not None:
            out = self.drop_path(out)
        if self.projection is not None:
            x = self.projection(x)
        if self.extra_channels:
            x = F.pad(x, (0, 0, 0, 0, 0, self.extra_channels))
        return out + x
