"""RegNetX, RegNetY and AnyNet."""

from collections.abc import Mapping, Sequence

import torch
from mmcv.cnn import build_norm_layer
from mmcv.cnn.bricks import DropPath
from torch import nn

from mmchan.channels import BlockPlan, NetPlan, arch_arguments, get_plan
from mmchan.channels.plans import EXPAND, REDUCE, SPATIAL
from mmchan.errors import InputError, require, require_known
from mmchan.models.backbone import PlanBackbone
from mmchan.models.initializers import has_pretrained_weights
from mmchan.models.layers import ACTIVATIONS, SqueezeExcite, build_conv
from mmchan.registry import MODELS

FAMILIES = ('regnet', 'anynet')
MMPRETRAIN_NAMES = {'group_w': 'group_width', 'bot_mul': 'bottleneck_ratio'}


class ResidualBottleneck(nn.Module):
    """1x1, grouped 3x3 (with squeeze-excitation in RegNetY), 1x1, added to the shortcut.

    Maps (N, C_in, H, W) to (N, C_out, H / stride, W / stride).

    Source: arXiv:2003.13678, section 3.1 and figure 4; names of mmpretrain's Bottleneck.
    """

    def __init__(
        self, plan: BlockPlan, *, conv_cfg: dict | None, norm_cfg: dict, drop_path_rate: float = 0.0
    ) -> None:
        super().__init__()
        self.norm_names = []
        for number, role in enumerate((REDUCE, SPATIAL, EXPAND), start=1):
            conv = plan.conv(role)
            self.add_module(f'conv{number}', build_conv(conv, conv_cfg))
            name, norm = build_norm_layer(norm_cfg, conv.out_channels, postfix=number)
            self.add_module(name, norm)
            self.norm_names.append(name)
        self.se = SqueezeExcite(plan.squeeze, conv_cfg=conv_cfg, norm_cfg=norm_cfg) if plan.squeeze else None
        self.downsample = None
        if plan.projection:
            norm = build_norm_layer(norm_cfg, plan.out_channels)[1]
            self.downsample = nn.Sequential(build_conv(plan.projection, conv_cfg), norm)
        self.drop_path = DropPath(drop_path_rate) if drop_path_rate else None
        self.relu = ACTIVATIONS[plan.activation]()

    @property
    def last_norm(self) -> nn.Module:
        """The normalisation in front of the addition."""
        return getattr(self, self.norm_names[-1])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        norm1, norm2, norm3 = (getattr(self, name) for name in self.norm_names)
        out = self.relu(norm1(self.conv1(x)))
        out = self.relu(norm2(self.conv2(out)))
        if self.se is not None:
            out = self.se(out)
        out = norm3(self.conv3(out))
        if self.drop_path is not None:
            out = self.drop_path(out)
        shortcut = x if self.downsample is None else self.downsample(x)
        return self.relu(out + shortcut)


@MODELS.register_module()
class RegNet(PlanBackbone):
    """RegNetX, RegNetY or AnyNet.

    The arguments, the names in ``arch`` and the state-dict keys are those of mmpretrain's
    :class:`~mmpretrain.models.backbones.RegNet`, so that its checkpoints load strictly and its configs need
    only the new type.

    Args:
        arch: A variant's name, such as 'regnety-1.6gf' or mmpretrain's 'regnetx_400mf', or a mapping
            of the arguments of :func:`mmchan.families.regnet.plan.regnet` (``group_w`` and ``bot_mul`` are
            understood too) or, with ``family='anynet'``, of those of AnyNet; with
            ``variant='regnety-1.6gf'`` of those that differ from it.
        in_channels: Channels of the images.
        stem_channels: Output channels of the stem.
        base_channels: Has no effect, as in mmpretrain; accepted so that configs stay valid.
        strides: Stride per stage; 2 by default.
        dilations: Dilation of the 3x3 convs per stage; 1 by default.
        out_indices: Stages whose maps are returned, from 0; negative ones count from the end.
        style: 'pytorch' puts the stride on the 3x3 conv, 'caffe' on the first 1x1 conv.
        deep_stem: Must be False: no RegNet has a deep stem.
        avg_down: Must be False: RegNet's projections have strides.
        frozen_stages: -1 freezes nothing, 0 the stem, i the stem and the first i stages.
        conv_cfg: Config of the convolutions; None for Conv2d.
        norm_cfg: Config of the normalisation layers.
        norm_eval: Keep all BN in eval mode while training.
        with_cp: Save memory by recomputing every block in the backward pass.
        drop_path_rate: Stochastic depth of the last block, in [0, 1).
        zero_init_residual: Start with the last BN weight of every block at 0 (mmpretrain's recipe;
            the paper's code does not).
        init_cfg: None initialises as the paper's code does (:class:`PyclsInit`), an empty list keeps
            torch's initialisation, anything else is MMEngine's.

    Raises:
        InputError: For an unknown name or a value outside its range.

    Source: arXiv:2003.13678.

    Example:
        >>> backbone = RegNet('regnetx-400mf', out_indices=(0, 1, 2, 3))
        >>> [tuple(out.shape) for out in backbone(torch.rand(1, 3, 64, 64))]
        [(1, 32, 16, 16), (1, 64, 8, 8), (1, 160, 4, 4), (1, 384, 2, 2)]
    """

    def __init__(
        self,
        arch: str | Mapping[str, object],
        in_channels: int = 3,
        stem_channels: int = 32,
        base_channels: int = 32,
        strides: Sequence[int] | None = None,
        dilations: Sequence[int] | None = None,
        out_indices: Sequence[int] = (-1,),
        style: str = 'pytorch',
        deep_stem: bool = False,
        avg_down: bool = False,
        frozen_stages: int = -1,
        conv_cfg: dict | None = None,
        norm_cfg: dict | None = None,
        norm_eval: bool = False,
        with_cp: bool = False,
        drop_path_rate: float = 0.0,
        zero_init_residual: bool = False,
        init_cfg: dict | list | None = None,
    ) -> None:
        require(not deep_stem, 'deep_stem', 'False (no RegNet has a deep stem)', deep_stem)
        require(not avg_down, 'avg_down', "False (RegNet's projections have strides)", avg_down)
        layout = {'stem_width': stem_channels, 'strides': strides, 'dilations': dilations, 'style': style}
        plan = _plan_with(arch, layout)
        super().__init__(
            plan,
            in_channels=in_channels,
            out_indices=out_indices,
            frozen_stages=frozen_stages,
            conv_cfg=conv_cfg,
            norm_cfg=norm_cfg,
            norm_eval=norm_eval,
            with_cp=with_cp,
            drop_path_rate=drop_path_rate,
            init_cfg={'type': 'mmchan.PyclsInit'} if init_cfg is None else init_cfg,
        )
        self.zero_init_residual = zero_init_residual

    def _build_stem(self) -> None:
        stem = self.plan.stem
        self.conv1 = build_conv(stem, self.conv_cfg)
        self.norm1_name, norm = build_norm_layer(self.norm_cfg, stem.out_channels, postfix=1)
        self.add_module(self.norm1_name, norm)
        self.relu = nn.ReLU(inplace=True)

    def _stem_modules(self) -> list[nn.Module]:
        return [self.conv1, getattr(self, self.norm1_name)]

    def _run_stem(self, x: torch.Tensor) -> torch.Tensor:
        return self.relu(getattr(self, self.norm1_name)(self.conv1(x)))

    def _build_block(self, plan: BlockPlan, drop_path_rate: float) -> nn.Module:
        settings = {'conv_cfg': self.conv_cfg, 'norm_cfg': self.norm_cfg}
        return ResidualBottleneck(plan, **settings, drop_path_rate=drop_path_rate)

    def init_weights(self) -> None:
        """Initialise as ``init_cfg`` says, then the last BN of every block if asked."""
        super().init_weights()
        if self.zero_init_residual and not has_pretrained_weights(self.init_cfg):
            for module in self.modules():
                if isinstance(module, ResidualBottleneck):
                    nn.init.zeros_(module.last_norm.weight)


def _plan_with(arch: str | Mapping[str, object] | NetPlan, layout: Mapping[str, object]) -> NetPlan:
    """The plan of RegNet's arguments, those that mmpretrain gives beside ``arch`` included."""
    if isinstance(arch, NetPlan):  # which says all of that
        return arch
    arguments = {MMPRETRAIN_NAMES.get(name, name): value for name, value in arch_arguments(arch).items()}
    family = arguments.setdefault('family', 'regnet')
    require_known(family, FAMILIES, 'family of RegNet')
    twice = [name for name in layout if name in arguments]
    if twice:
        raise InputError(f'give {", ".join(twice)} to RegNet itself, not inside arch: got {dict(arch)!r}')
    return get_plan({**arguments, **layout})
