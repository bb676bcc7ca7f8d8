"""What all backbones that are built from a plan share."""

from collections.abc import Sequence
from functools import partial

import torch
from mmengine.model import BaseModule
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.module import register_module_module_registration_hook
from torch.utils.checkpoint import checkpoint

from mmchan.channels import BlockPlan, NetPlan
from mmchan.errors import require
from mmchan.models.initializers import without_backbone_prefix
from mmchan.registry import FUNCTIONS


class PlanBackbone(BaseModule):
    """Abstract: a stem, the stages ``layer1``, ``layer2``, … and perhaps a penultimate convolution.

    A subclass builds its stem in ``_build_stem``, runs it in ``_run_stem`` and names its modules in
    ``_stem_modules``; it builds the block of an index in ``_build_block``; its constructor ends with
    ``_build``.

    Attributes:
        plan: The network's plan.
        out_channels: Channels of every output.
        out_strides: Stride of every output.
    """

    def __init__(
        self,
        plan: NetPlan,
        *,
        in_channels: int,
        out_indices: Sequence[int],
        frozen_stages: int,
        conv_cfg: dict | None,
        norm_cfg: dict,
        norm_eval: bool,
        with_cp: bool,
        init_cfg: dict | list | None,
    ) -> None:
        super().__init__(without_backbone_prefix(init_cfg))
        stages = len(plan.stages)
        require(-1 <= frozen_stages <= stages, 'frozen_stages', f'within [-1, {stages}]', frozen_stages)
        self.plan = plan.with_in_channels(in_channels)
        self.out_indices = plan.check_out_indices(out_indices)
        self.out_channels = tuple(plan.out_widths[index] for index in self.out_indices)
        self.out_strides = tuple(plan.out_strides[index] for index in self.out_indices)
        self.feat_dim = self.out_channels[-1]
        self.frozen_stages = frozen_stages
        self.conv_cfg = conv_cfg
        self.norm_cfg = norm_cfg
        self.norm_eval = norm_eval
        self.with_cp = with_cp
        self.register_load_state_dict_pre_hook(partial(_fit_state_dict, child=''))

    def _build(self) -> None:
        """Build the modules; a subclass calls it at the end of its constructor."""
        self._build_stem()
        positions = iter(range(len(self.plan.blocks)))
        for name, stage in zip(self.stage_names, self.plan.stages, strict=True):
            blocks = [self._build_block(block, next(positions)) for block in stage]
            self.add_module(name, nn.Sequential(*blocks))
        self._freeze()

    @property
    def stage_names(self) -> list[str]:
        """Attribute names of the stages."""
        return [f'layer{index}' for index in range(1, len(self.plan.stages) + 1)]

    def _build_stem(self) -> None:
        raise NotImplementedError

    def _run_stem(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError

    def _stem_modules(self) -> list[nn.Module]:
        raise NotImplementedError

    def _build_block(self, plan: BlockPlan, index: int) -> nn.Module:
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Map images (N, C, H, W) to the maps (N, C_i, H / s_i, W / s_i) of ``out_indices``."""
        return self._run_stages(self._run_stem(x))[0]

    def _run_stages(self, x: torch.Tensor) -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
        """The maps of ``out_indices`` among the stages, and the last stage's."""
        maps = []
        for index, name in enumerate(self.stage_names):
            for block in getattr(self, name):
                x = self._run_block(block, x)
            if index in self.out_indices:
                maps.append(x)
        return tuple(maps), x

    def _run_block(self, block: nn.Module, x: torch.Tensor) -> torch.Tensor:
        if self.with_cp and x.requires_grad:
            return checkpoint(block, x, use_reentrant=False)
        return block(x)

    def _freeze(self) -> None:
        if self.frozen_stages < 0:
            return
        stages = [getattr(self, name) for name in self.stage_names[: self.frozen_stages]]
        for module in [*self._stem_modules(), *stages]:
            module.eval()
            module.requires_grad_(False)

    def train(self, mode: bool = True) -> 'PlanBackbone':
        """Set training mode, keep frozen stages (and every BN with ``norm_eval``) in eval mode."""
        super().train(mode)
        self._freeze()
        if mode and self.norm_eval:
            for module in self.modules():
                if isinstance(module, _BatchNorm):
                    module.eval()
        return self


def _fit_state_dict(module: nn.Module, state_dict: dict, prefix: str, *_: object, child: str) -> None:
    """Let weights/ rename the keys of other projects. It stands above this room, so it is asked by name."""
    FUNCTIONS.get('mmchan.fit_state_dict')(module, state_dict, prefix, child=child)


def _watch_owner(owner: nn.Module, name: str, module: nn.Module | None) -> None:
    """Rename for the owner of a backbone too: keys without ``backbone.`` never reach the backbone."""
    if isinstance(module, PlanBackbone):
        owner.register_load_state_dict_pre_hook(partial(_fit_state_dict, child=name))


register_module_module_registration_hook(_watch_owner)
