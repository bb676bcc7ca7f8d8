"""Weight initialisations of the papers' code, for ``init_cfg=dict(type='mmchan.…')``."""

import math

from mmengine.model import update_init_info
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from mmchan.registry import WEIGHT_INITIALIZERS


@WEIGHT_INITIALIZERS.register_module()
class PyclsInit:
    """RegNet's: convs N(0, 2 / (k^2 C_out)) whatever their groups, BN 1 and 0, linear N(0, 0.01^2).

    Biases of convolutions keep torch's initialisation.

    Source: pycls ``init_weights``.
    """

    def __call__(self, module: nn.Module) -> None:
        for layer in module.modules():
            if isinstance(layer, nn.Conv2d):
                fan_out = math.prod(layer.kernel_size) * layer.out_channels
                nn.init.normal_(layer.weight, std=math.sqrt(2 / fan_out))
            elif isinstance(layer, _BatchNorm) and layer.affine:
                nn.init.ones_(layer.weight)
                nn.init.zeros_(layer.bias)
            elif isinstance(layer, nn.Linear):
                nn.init.normal_(layer.weight, std=0.01)
                nn.init.zeros_(layer.bias)
        _tell_mmengine(self, module)


@WEIGHT_INITIALIZERS.register_module()
class EfficientNetInit:
    """EfficientNet's, which timm uses for ReXNet: convs N(0, 2 / (k^2 C_out / groups)), biases 0.

    Linear layers are uniform within 1 / sqrt(C_out), BN 1 and 0.

    Source: the EfficientNet reference code; timm's default for its ReXNet.
    """

    def __call__(self, module: nn.Module) -> None:
        for layer in module.modules():
            if isinstance(layer, nn.Conv2d):
                fan_out = math.prod(layer.kernel_size) * layer.out_channels // layer.groups
                nn.init.normal_(layer.weight, std=math.sqrt(2 / fan_out))
                _zero_bias(layer)
            elif isinstance(layer, _BatchNorm) and layer.affine:
                nn.init.ones_(layer.weight)
                nn.init.zeros_(layer.bias)
            elif isinstance(layer, nn.Linear):
                bound = 1 / math.sqrt(layer.out_features)
                nn.init.uniform_(layer.weight, -bound, bound)
                _zero_bias(layer)
        _tell_mmengine(self, module)


def _zero_bias(layer: nn.Module) -> None:
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)


def _tell_mmengine(initializer: object, module: nn.Module) -> None:
    """Let MMEngine's log say which parameters were initialised by whom."""
    if hasattr(module, '_params_init_info'):
        update_init_info(module, init_info=type(initializer).__name__)


def has_pretrained_weights(init_cfg: dict | list | None) -> bool:
    """Whether an init_cfg loads a checkpoint, by MMEngine's Pretrained or ours."""
    configs = init_cfg if isinstance(init_cfg, list) else [init_cfg or {}]
    return any(str(config.get('type')).rpartition('.')[2] == 'Pretrained' for config in configs)


def without_backbone_prefix(init_cfg: dict | list | None) -> dict | list | None:
    """An init_cfg of a backbone of ours without ``prefix='backbone.'`` of MMEngine's Pretrained.

    MMEngine takes the prefix literally and fails at ``module.backbone.``, and at files that keep their
    weights under another key than ``state_dict``. Our backbones find their tensors without being told.
    """
    if isinstance(init_cfg, list):
        return [without_backbone_prefix(config) for config in init_cfg]
    if not has_pretrained_weights(init_cfg) or not _names_backbone(init_cfg.get('prefix')):
        return init_cfg
    return {key: value for key, value in init_cfg.items() if key != 'prefix'}


def _names_backbone(prefix: str | None) -> bool:
    return (prefix or '').rstrip('.') in ('backbone', 'module.backbone')
