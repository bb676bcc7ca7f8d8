"""The backbone that is built from a plan: of any family, and what those with a class of their own share."""

from collections.abc import Mapping, Sequence
from functools import partial

import torch
from mmengine.model import BaseModule
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.module import register_module_module_registration_hook
from torch.utils.checkpoint import checkpoint

from mmchan.channels import BlockPlan, ConvPlan, NetPlan, find_family, get_plan
from mmchan.errors import InputError, require
from mmchan.layouts.fitting import fit_state_dict
from mmchan.models.blocks import PlanBlock
from mmchan.models.initializers import without_backbone_prefix
from mmchan.models.layers import build_conv_norm
from mmchan.registry import MODELS

Arch = str | Mapping[str, object]


class PlanBackbone(BaseModule):
    """A stem, the stages ``layer1``, ``layer2``, … and perhaps a penultimate convolution, as a plan says.

    The penultimate convolution is built only where ``out_indices`` names it, so that a detector has no
    parameters without gradient. A class of a family's own names the family; it may build and run its stem
    and its blocks otherwise.

    Args:
        arch: A variant's name; or a mapping of a family's arguments, with ``family=...`` where the class is
            for any family, or of those that differ from ``variant=...``; or a plan.
        in_channels: Channels of the images.
        out_indices: Maps that are returned; negative ones count from the end.
        frozen_stages: -1 freezes nothing, 0 the stem, i the stem and the first i stages.
        conv_cfg: Config of the convolutions; None for Conv2d.
        norm_cfg: Config of the normalisation layers; None takes BN as the plan has it.
        norm_eval: Keep all BN in eval mode while training, also those of squeeze-excitation.
        with_cp: Save memory by recomputing the stem and every block in the backward pass.
        drop_path_rate: Stochastic depth of the last block, in [0, 1); it grows linearly with the block.
        init_cfg: None keeps torch's initialisation; anything else is MMEngine's.

    Attributes:
        plan: The network's plan.
        out_channels: Channels of every output.
        out_strides: Stride of every output.

    Raises:
        InputError: For an unknown name or a value outside its range.
    """

    family: str | None = None

    def __init__(
        self,
        arch: Arch | NetPlan,
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
        super().__init__(without_backbone_prefix(init_cfg))
        plan = self._plan(arch)
        stages = len(plan.stages)
        require(-1 <= frozen_stages <= stages, 'frozen_stages', f'within [-1, {stages}]', frozen_stages)
        require(0 <= drop_path_rate < 1, 'drop_path_rate', 'within [0, 1)', drop_path_rate)
        self.plan = plan.with_in_channels(in_channels)
        self.out_indices = plan.check_out_indices(out_indices)
        self.out_channels = tuple(plan.out_widths[index] for index in self.out_indices)
        self.out_strides = tuple(plan.out_strides[index] for index in self.out_indices)
        self.feat_dim = self.out_channels[-1]
        self.frozen_stages = frozen_stages
        self.conv_cfg = conv_cfg
        self.norm_cfg = norm_cfg or _norm_of(plan)
        self.norm_eval = norm_eval
        self.with_cp = with_cp
        self.drop_path_rate = drop_path_rate
        self._build()
        self.register_load_state_dict_pre_hook(partial(fit_names, child=''))

    def _plan(self, arch: Arch | NetPlan) -> NetPlan:
        plan = get_plan(arch, family=self.family)
        if self.family not in (None, plan.family):
            known = f'mmchan list {self.family.replace("_", "-")}'
            raise InputError(
                f'arch must be a variant of {type(self).__name__} ({known}), got {arch!r} of {plan.family}'
            )
        return plan

    def _build(self) -> None:
        self._build_stem()
        last = max(1, len(self.plan.blocks) - 1)
        # stochastic depth grows linearly with the block's index (arXiv:1603.09382)
        rates = iter([self.drop_path_rate * index / last for index in range(len(self.plan.blocks))])
        for name, stage in zip(self.stage_names, self.plan.stages, strict=True):
            blocks = [self._build_block(block, next(rates)) for block in stage]
            self.add_module(name, nn.Sequential(*blocks))
        self.penultimate = None
        if len(self.plan.stages) in self.out_indices:
            self.penultimate = self._build_conv(self.plan.penultimate)
        self._freeze()

    @property
    def stage_names(self) -> list[str]:
        """Attribute names of the stages."""
        return [f'layer{index}' for index in range(1, len(self.plan.stages) + 1)]

    def _build_conv(self, plan: ConvPlan) -> nn.Sequential:
        return build_conv_norm(plan, conv_cfg=self.conv_cfg, norm_cfg=self.norm_cfg)

    def _build_stem(self) -> None:
        self.stem = self._build_conv(self.plan.stem)

    def _run_stem(self, x: torch.Tensor) -> torch.Tensor:
        return self.stem(x)

    def _stem_modules(self) -> list[nn.Module]:
        return [self.stem]

    def _build_block(self, plan: BlockPlan, drop_path_rate: float) -> nn.Module:
        settings = {'conv_cfg': self.conv_cfg, 'norm_cfg': self.norm_cfg}
        return PlanBlock(plan, **settings, drop_path_rate=drop_path_rate)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Map images (N, C, H, W) to the maps (N, C_i, H / s_i, W / s_i) of ``out_indices``."""
        recomputes = self.with_cp and self.training and torch.is_grad_enabled()
        x = checkpoint(self._run_stem, x, use_reentrant=False) if recomputes else self._run_stem(x)
        maps, x = self._run_stages(x)
        return maps if self.penultimate is None else (*maps, self.penultimate(x))

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


def _norm_of(plan: NetPlan) -> dict:
    return {'type': 'BN', 'eps': plan.norm_eps, 'momentum': plan.norm_momentum, 'requires_grad': True}


@MODELS.register_module('Backbone')
def build_backbone(
    arch: Arch,
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
) -> PlanBackbone:
    """The backbone of any family: ``type='mmchan.Backbone'`` in a config.

    A family with a class of its own, such as RegNet, gives an object of it. Arguments are those of
    :class:`PlanBackbone`; a mapping must name its ``family`` or a ``variant``.

    Raises:
        InputError: For an unknown name or a value outside its range.

    Example:
        >>> backbone = build_backbone('mobilenet_v2-1.0x', out_indices=(1, 2, 3, 4)).eval()
        >>> [tuple(out.shape) for out in backbone(torch.rand(1, 3, 64, 64))]
        [(1, 24, 16, 16), (1, 32, 8, 8), (1, 96, 4, 4), (1, 320, 2, 2)]
    """
    plan = get_plan(arch)
    kind = find_family(plan.family).load('backbone')
    return kind(
        plan,  # of which a class with arguments of its own, such as RegNet's stem_channels, asks no more
        in_channels,
        out_indices=out_indices,
        frozen_stages=frozen_stages,
        conv_cfg=conv_cfg,
        norm_cfg=norm_cfg,
        norm_eval=norm_eval,
        with_cp=with_cp,
        drop_path_rate=drop_path_rate,
        init_cfg=init_cfg,
    )


def fit_names(module: nn.Module, state_dict: dict, prefix: str = '', *_: object, child: str) -> None:
    """Give a state dict that is about to be loaded our names, in place; a hook of torch's loading.

    Args:
        module: The module that is loaded: a backbone of ours, or its owner.
        state_dict: Changed in place, see :func:`mmchan.layouts.fitting.fit_state_dict`.
        prefix: What stands in front of the module's names in it.
        child: Name of the backbone in the module; '' where the module is the backbone.

    Raises:
        InputError: For the checkpoint of another network.
    """
    backbone = module.get_submodule(child)
    if isinstance(backbone, PlanBackbone) and (child or not prefix):  # else its owner has seen to it
        wanted = module.state_dict()
        fit_state_dict(state_dict, plan=backbone.plan, wanted=wanted, prefix=prefix, child=child)


def _watch_owner(owner: nn.Module, name: str, module: nn.Module | None) -> None:
    """Rename for the owner of a backbone too.

    torch and MMEngine hand a submodule only the keys that begin with its name, so that those of a foreign
    file, which has no ``backbone.``, reach nobody but the owner.
    """
    if isinstance(module, PlanBackbone):
        owner.register_load_state_dict_pre_hook(partial(fit_names, child=name))


register_module_module_registration_hook(_watch_owner)
